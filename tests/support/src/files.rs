//! The files of vectors/, which programs among the tests write and which stand in the tree.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value as Json;

fn path(folder: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../vectors")
        .join(folder)
}

/// File names and what they hold.
pub fn in_the_tree(folder: &str) -> BTreeMap<String, String> {
    let entries = fs::read_dir(path(folder)).unwrap();
    entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_string();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// The files in a folder are these, and no others. With UPDATE_VECTORS they become so.
pub fn write_or_compare(folder: &str, written: &BTreeMap<String, String>) {
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        fs::create_dir_all(path(folder)).unwrap();
        for stale in in_the_tree(folder)
            .keys()
            .filter(|name| !written.contains_key(*name))
        {
            fs::remove_file(path(folder).join(stale)).unwrap();
        }
        for (name, text) in written {
            fs::write(path(folder).join(name), text).unwrap();
        }
    }
    let in_the_tree = in_the_tree(folder);
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&in_the_tree), names(written));
    for (name, text) in written {
        assert!(in_the_tree[name] == *text, "{name} is not what is written");
    }
}

pub fn count_leaves(json: &Json) -> usize {
    match json {
        Json::Array(items) if !items.is_empty() => items.iter().map(count_leaves).sum(),
        Json::Object(members) if !members.is_empty() => members.values().map(count_leaves).sum(),
        _ => 1,
    }
}

/// Changes the leaf of this number, and returns whether it was here.
pub fn change_leaf(json: &mut Json, number: &mut usize) -> bool {
    match json {
        Json::Array(items) if !items.is_empty() => {
            items.iter_mut().any(|item| change_leaf(item, number))
        }
        Json::Object(members) if !members.is_empty() => members
            .values_mut()
            .any(|member| change_leaf(member, number)),
        leaf if *number == 0 => {
            *leaf = Json::from("something else");
            true
        }
        _ => {
            *number -= 1;
            false
        }
    }
}
