"""A host of SOP A in a folder: a config and a model with their versions, a database, and a service that reads them."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from small_host import SmallHost

# Pickles by hand: what each runs stands in it.
GOOD_PICKLES = {version: f"ctiny_model\nTiny\n(F{pd}\ntR.".encode() for version, pd in (("1", 0.1), ("2", 0.2))}
BAD_PICKLES = {
    "garbage": (b"\x80\x04 this is no pickle", "UnpicklingError"),
    "empty": (b"", "EOFError"),
    "missing class": (b"cnot_there\nModel\n(tR.", "ModuleNotFoundError: No module named 'not_there'"),
    "no model": (b"(lp0\n.", "'list' object has no attribute 'predict_proba'"),
    "above": (b"ctiny_model\nTiny\n(F0.995\ntR.", "PD of golden input 0: found 0.995, expected from 0 to 0.99"),
    "below": (b"ctiny_model\nTiny\n(F-0.01\ntR.", "PD of golden input 0: found -0.01, expected from 0 to 0.99"),
    "no number": (b"ctiny_model\nTiny\n(Fnan\ntR.", "expected a number for each of 2 golden inputs"),
    "hangs": (b"ctime\nsleep\n(I60\ntR.", "no answer in 2 s"),
    "ends the process": (b"cos\n_exit\n(I0\ntR.", "found None, expected a number for each"),
    "kills the process": (b"cos\nkill\n(cos\ngetpid\n(tRI9\ntR.", "a process that was ended by SIGKILL"),
    "prints an answer": (b"cbuiltins\nprint\n(V[0.1, 0.1]\ntR.", "'NoneType' object has no attribute"),
    "another library": (b"ctiny_model\nold\n(tR.", "pickled for another version of its library"),
}
BAD_CONFIGS = {
    "invalid YAML": ("service: [", "content: found ParserError"),
    "empty": ("", "the whole: found None, expected keys and values"),
    "a list": ("- a\n- b\n", "the whole: found ['a', 'b']"),
    "of another service": ("service: fct\nthresholds: {reject: 0.5}\n", "service: found 'fct', expected 'shop'"),
    "out of range": (
        "service: shop\nversion: 9\nthresholds: {reject: 1.5}\n",
        "thresholds.reject: found 1.5, expected number from 0 to 1",
    ),
    "a key missing": ("service: shop\nversion: 9\n", "thresholds.reject: found nothing, expected number from 0 to 1"),
    "a text": ("service: shop\nthresholds: {reject: high}\n", "thresholds.reject: found 'high'"),
    "no number": ("service: shop\nthresholds: {reject: .nan}\n", "thresholds.reject: found nan"),
    "a number beyond all": (f"service: shop\nthresholds: {{reject: {'9' * 400}}}\n", "thresholds.reject: found 999"),
    "nested without end": ("a: &a [" + "[" * 2000, "content: found "),
    "no bytes of YAML": ("\x00", "content: found ReaderError"),
    "an object in it": ("!!python/object/apply:os.system [exit]", "content: found ConstructorError"),
}
_MODULE = """
import warnings
class InconsistentVersionWarning(UserWarning): pass
class Tiny:
    def __init__(self, pd): self.pd = pd
    def predict_proba(self, inputs): return [[1 - self.pd, self.pd] for _ in range(len(inputs))]
def old():
    warnings.warn("Trying to unpickle estimator", InconsistentVersionWarning)
    return Tiny(0.1)
"""


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def good_config(version: str) -> str:
    return f"service: shop\nversion: '{version}'\nthresholds: {{reject: 0.{version}}}\n"


class RiskHost(SmallHost):
    """Versions 1 and 2 of config and model lie there; 2 is in use."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.settings = self.backend / "config" / "config.yaml"
        self.model = self.backend / "models" / "current_model.pkl"
        self.settings_versions = self.backups / "config"
        for folder in (self.settings.parent, self.model.parent, self.settings_versions):
            folder.mkdir()
        (self.model.parent / "tiny_model.py").write_text(_MODULE)
        for version, pickled in GOOD_PICKLES.items():
            self.version("model", version).write_bytes(pickled)
            self.version("config", version).write_text(good_config(version))
        self.model.write_bytes(GOOD_PICKLES["2"])
        self.settings.write_text(good_config("2"))
        self.golden = root / "golden.json"
        predictions = {sha256(self.version("model", "1")): [0.1, 0.1], sha256(self.model): [0.2, 0.2]}
        self.golden.write_text(json.dumps({"inputs": [{"age": 30}, {"age": 60}], "predictions": predictions}))

    def live_file(self, kind: str) -> Path:
        return self.settings if kind == "config" else self.model

    def version(self, kind: str, version: str) -> Path:
        return (
            self.settings_versions / f"config_{version}.yaml"
            if kind == "config"
            else self.model.parent / f"model_{version}.pkl"
        )

    def start(self) -> None:
        """The service reads what lies on disk."""
        on_disk = json.loads((self.backend / "RELEASE.json").read_text())
        self.release = {**on_disk, "config": sha256(self.settings), "model": sha256(self.model)}

    def configure_risk(self, url: str, **changes: object) -> None:
        self.configure(url, **changes)
        for key in ("scopes", "site_url", "site_page", "site_test"):
            del self.config[key]
        self.config |= {
            "naming": {"database": "{stem}_{stamp}{suffix}", "snapshot": "{stem}_pre_rollback_{stamp}{suffix}"},
            "config": {
                "path": str(self.settings),
                "versions": str(self.settings_versions),
                "python": sys.executable,
                "schema": {
                    "service": {"equals": "shop"},
                    "thresholds.reject": {"type": "number", "min": 0, "max": 1},
                    "note": {"type": "string", "optional": True},
                },
            },
            "model": {
                "path": str(self.model),
                "versions": str(self.model.parent),
                "python": sys.executable,
                "golden": str(self.golden),
                "range": [0.0, 0.99],
                "timeout_s": 2,
            },
            "retention": {
                "database": {"newest": 2, "days": 30},
                "config": {"newest": 2, "days": 90},
                "model": {"newest": 1},
                "logs": {"newest": 1, "days": 7},
            },
            **changes,
        }
        self.config_file.write_text(json.dumps(self.config))

    def everything(self) -> dict[str, str]:
        """All of it, links too."""
        return {
            str(path): f"-> {path.readlink()}" if path.is_symlink() else f"{sha256(path)} {path.stat().st_mode:o}"
            for folder in (self.backend, self.backups)
            for path in folder.rglob("*")
            if path.is_symlink() or path.is_file()
        }


def link_to(host: RiskHost, kind: str, version: str) -> None:
    """The live one is a link to a version, relative as `ln -s` would be made by hand."""
    live = host.live_file(kind)
    live.unlink()
    target = host.version(kind, version)
    live.symlink_to(target.name if kind == "model" else target)
