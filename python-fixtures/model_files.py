"""Writes data/model-files.json: estimators of scikit-learn, and archives of torch.

    python3 python-fixtures/model_files.py PYTHON...

Each PYTHON has scikit-learn 1.9.1 with joblib 1.6.0, scikit-learn 1.5.2, or torch 1.12.1 (the last that needs no other package of
CUDA): what it does not have is left out.
"""

import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

ONE = r"""
import base64, io, json, pickle, sys
import numpy as np
made = {}
def keep(name, data):
    made[name] = base64.b64encode(data).decode()
try:
    import sklearn
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.tree import DecisionTreeRegressor
    x = np.array([[0.0, 1.0, 2.0], [1.0, 0.0, 4.0], [2.0, 2.0, 1.0], [3.0, 1.0, 0.0]])
    y = x @ np.array([1.0, -2.0, 0.5])
    version = "scikit-learn " + sklearn.__version__
    keep(version + ": linear", pickle.dumps(LinearRegression().fit(x, y), 4))
    keep(version + ": pipeline", pickle.dumps(make_pipeline(StandardScaler(), DecisionTreeRegressor(max_depth=2, random_state=0)).fit(x, y), 4))
    import joblib
    file = io.BytesIO()
    joblib.dump(LinearRegression().fit(x, y), file, compress=3)
    keep(version + ": linear, of joblib", file.getvalue())
except ImportError:
    pass
try:
    import torch
    version = "torch " + torch.__version__.split("+")[0]
    torch.manual_seed(0)
    def save(name, value):
        file = io.BytesIO()
        torch.save(value, file)
        keep(version + ": " + name, file.getvalue())
    base = torch.arange(6, dtype=torch.float32).reshape(2, 3)
    save("tensors", {"plain": base, "turned": base.T, "half": torch.ones(2, dtype=torch.float16),
        "brain": torch.ones(2, dtype=torch.bfloat16), "longs": torch.arange(3), "one": torch.tensor(1.5, requires_grad=True)})
    save("state", torch.nn.Linear(3, 2).state_dict())
    def saved_before(name, value):
        file = io.BytesIO()
        torch.save(value, file, _use_new_zipfile_serialization=False)
        keep(version + ": " + name, file.getvalue())
    saved_before("state, of before 1.6", torch.nn.Linear(3, 2).state_dict())
    saved_before("number, of before 1.6", {"epoch": 3})
    def archive():
        # As torch's own legacy_load reads it, which is asked below: no torch that writes it can be installed any more.
        import struct, tarfile, tempfile
        parts = {"sys_info": pickle.dumps({"protocol_version": 1000, "little_endian": True}, 2),
            "storages": pickle.dumps(1, 2) + pickle.dumps((1, "cpu", torch.FloatStorage), 2) + struct.pack("<q6f", 6, *range(6)) + pickle.dumps([], 2),
            "tensors": pickle.dumps(1, 2) + pickle.dumps((2, 1, torch.FloatTensor), 2) + struct.pack("<ii2q2qq", 2, 0, 2, 3, 3, 1, 0)}
        class Pickler(pickle.Pickler):
            def persistent_id(self, value):
                return 2 if isinstance(value, torch.Tensor) else None
        value = io.BytesIO()
        Pickler(value, 2).dump({"weight": base, "epoch": 3})
        parts["pickle"] = value.getvalue()
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w:", format=tarfile.PAX_FORMAT) as tar:
            for name, data in parts.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        data = file.getvalue().rstrip(b"\0") + bytes(1024)
        with tempfile.NamedTemporaryFile() as named:
            named.write(data)
            named.flush()
            assert torch.equal(torch.load(named.name)["weight"], base)
        keep(version + ": tensors, of a tar archive", data)
    archive()
    save("module", torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU()))
except ImportError:
    pass
json.dump(made, sys.stdout)
"""


def main():
    made = {}
    for python in sys.argv[1:]:
        out = subprocess.run([python, "-c", ONE], check=True, stdout=subprocess.PIPE).stdout
        made.update(json.loads(out))
    with open(os.path.join(HERE, "data", "model-files.json"), "w") as file:
        json.dump(made, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
