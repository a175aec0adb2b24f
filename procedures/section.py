"""One JSON object of rollback.json, read key by key; an error names file, key, what was found and what is expected."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, Optional, Tuple

from exits import Exit, Failure


class Section:
    """An object, and where in the file it stands."""

    def __init__(self, file: Path, prefix: str, found: Any) -> None:
        self.file, self._prefix, self._values = file, prefix, found
        if not isinstance(found, dict):
            where = prefix.rstrip(".") or "the whole"
            raise Failure(Exit.USAGE, f"{file}: {where}: found {found!r:.80}, expected an object")

    def wrong(self, key: str, found: str, expected: str) -> Failure:
        """The refusal."""
        return Failure(Exit.USAGE, f"{self.file}: {self._prefix}{key}: found {found}, expected {expected}")

    def __iter__(self) -> Iterator[str]:
        """The keys that are there."""
        return iter(self._values)

    def within(self, key: str) -> Section:
        """The object below a key."""
        return Section(self.file, f"{self._prefix}{key}.", self.take(key, "an object"))

    def maybe(self, key: str) -> Optional[Section]:
        """The object below a key; None if the key is not there."""
        return self.within(key) if key in self._values else None

    def take(self, key: str, expected: str) -> Any:
        """The value, whatever it is."""
        if key not in self._values:
            raise self.wrong(key, "nothing", expected)
        return self._values[key]

    def checked(self, key: str, expected: str, holds: Callable[[Any], bool]) -> Any:
        """The value, if it holds."""
        found = self.take(key, expected)
        if not holds(found):
            raise self.wrong(key, repr(found), expected)
        return found

    def text(self, key: str, default: Optional[str] = None) -> str:
        if default is not None and key not in self._values:
            return default
        return str(self.checked(key, "a text", _is_text))

    def texts(self, key: str) -> Tuple[str, ...]:
        return tuple(self.checked(key, "a list of texts", lambda v: isinstance(v, list) and all(map(_is_text, v))))

    def rules(self, key: str) -> Dict[str, str]:
        return dict(
            self.checked(key, "an object of texts", lambda v: isinstance(v, dict) and all(map(_is_text, v.values())))
        )

    def absolute(self, key: str, default: Optional[Path] = None) -> Path:
        if default is not None and key not in self._values:
            return default
        return Path(self.checked(key, "an absolute path", lambda v: _is_text(v) and Path(v).is_absolute()))

    def real_file(self, key: str) -> Path:
        path = self.absolute(key)
        if path.is_symlink():  # A rename would replace the link, and the service would go on with the file.
            raise self.wrong(key, f"a link to {path.resolve()}", "the file itself")
        return path

    def root(self, key: str) -> Path:
        """The one folder that a tree's scope includes."""
        expected = "a list of one absolute path of a folder, which is no link"
        found = self.checked(key, expected, lambda v: isinstance(v, list) and len(v) == 1 and _is_text(v[0]))[0]
        path = Path(found)
        if not path.is_absolute() or path.parent == path or glob.has_magic(found) or path.is_symlink():
            raise self.wrong(key, repr(found), expected)
        return path

    def url(self, key: str) -> str:
        return str(self.checked(key, "a URL", lambda v: _is_text(v) and v.startswith(("http://", "https://"))))

    def seconds(self, key: str, default: Optional[float] = None) -> float:
        if default is not None and key not in self._values:
            return default
        return float(self.checked(key, "seconds above 0", lambda v: is_number(v) and 0 < v < 86400))


def is_number(value: Any) -> bool:
    """Whether a value is a number; true and false are none."""
    return type(value) in (int, float)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""
