"""Another implementation of the envelope, version 1, from its specification:

main.py play <folder>…    plays the vectors and scenes below these folders
main.py write <folder>    writes fresh ones
"""

import sys

from play import play_all
from write import write_all

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["play", *folders] if folders:
            sys.exit(0 if play_all(folders) else 1)
        case ["write", folder]:
            write_all(folder)
        case _:
            sys.exit(__doc__)
