import sys
from pathlib import Path

from hard_posts import write

write(Path(sys.argv[1]))
