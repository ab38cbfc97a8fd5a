"""The command line: `python3 -m training COMMAND`."""
from __future__ import annotations

import sys

from .commands import parse
from .errors import TrainingError


def main() -> int:
    """The exit code: 0, 2 for what was given wrongly, 130 for a run that was interrupted."""
    options = parse()
    try:
        options.run(options)
    except TrainingError as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


sys.exit(main())
