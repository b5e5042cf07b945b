# Kept readable for every Python 3 that might answer to "python3", so that an old one can say so.
import os
import shutil
import sys

if sys.version_info < (3, 11):  # noqa: UP036
    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        newer = shutil.which(name)
        if newer:
            os.execv(newer, [newer] + sys.argv)  # noqa: RUF005
    sys.stderr.write(
        "Gatehouse needs Python 3.11 or newer; python3 here is %d.%d. Install a newer one and run this again.\n"  # noqa: UP031
        "Gatehouse 需要 Python 3.11 或更高版本;此处的 python3 为 %d.%d。请安装较新的版本后重新运行。\n"
        % (sys.version_info[:2] + sys.version_info[:2])
    )
    sys.exit(1)

# Python puts this folder first on its path; the package is one above.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120

from launch.commands import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
