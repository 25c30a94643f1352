extension Array {
  /// Where the elements begin of which a predicate holds, if it holds of all behind the first of
  /// them.
  func boundary(_ belongs: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = low + (high - low) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
