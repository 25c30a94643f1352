"""Another implementation of the envelope, version 1, from its specification:

main.py play <folder>…    plays the vectors and scenes below these folders
main.py write <folder>    writes fresh ones
main.py write-scenes <folder>    writes HUSHRING_SCENES random scenes alone
"""

import sys

from play import play_all
from write import WALKS, write_all, write_scenes

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["play", *folders] if folders:
            sys.exit(0 if play_all(folders) else 1)
        case ["write", folder]:
            write_all(folder)
        case ["write-scenes", folder]:
            write_scenes(folder, WALKS)
        case _:
            sys.exit(__doc__)
