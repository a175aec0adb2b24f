"""The model: loads in the service's own library, predicts what it did, and is the one that the service uses."""

from __future__ import annotations

import json
import shlex

from checks.registry import check, must
from fixtures.stack import given
from fixtures.target import Target

# The host's own library reads it: what loads here need not load there.
_SCORE = """
import json, pickle, sys
model = pickle.load(open(sys.argv[1], "rb"))
inputs = json.load(open(sys.argv[2]))["inputs"]
found = model.predict_proba(inputs)[:, 1] if hasattr(model, "predict_proba") else model.predict(inputs)
print(json.dumps([float(one) for one in found]))
"""


@check("model.predicts", scope="model", needs="model", survives_reboot=False, alone=True)
def predicts(target: Target) -> None:
    """It loads, each PD on the golden inputs is in range, and they are what this very version always predicted."""
    model = given(target.stack.model)
    done = target.run(
        shlex.join([model.python, "-B", "-W", "ignore", "-c", _SCORE, model.path, model.golden]), timeout=model.timeout
    )
    said = (done.err or "no output").splitlines()[-1]
    must(done.status == 0, target, model.path, expected="a model that loads and predicts", got=said)
    found = json.loads(done.out)
    low, high = model.range
    outside = [one for one in found if not low <= one <= high]
    must(not outside, target, f"{model.path}, PD", expected=f"from {low:g} to {high:g}", got=f"{outside[:3]}")
    digest = target.read(f"sha256sum < {shlex.quote(model.path)}").split()[0]
    golden = json.loads(target.read(f"cat {shlex.quote(model.golden)}"))["predictions"]
    known = digest in golden
    must(known, target, model.path, expected=f"a version in {model.golden}", got=f"sha256 {digest[:12]}")
    far = max(abs(one - other) for one, other in zip(found, golden[digest], strict=True))
    must(far < 1e-9, target, f"{model.path}, PDs", expected="the golden ones", got=f"others, by up to {far:.3g}")
