"""Writes the cases of test/corpus/xgboost: small models of every kind by one release of XGBoost, rows, and what it predicts.

    python -m venv /tmp/x && /tmp/x/bin/pip install xgboost-cpu==3.2.0 'numpy<2' scipy
    /tmp/x/bin/python tools/xgboost-cases.py test/corpus/xgboost

With a model of the built-in trainer and rows (the label first) it writes what XGBoost predicts by that model instead:

    /tmp/x/bin/python tools/xgboost-cases.py test/corpus/xgboost xgboost-model images/gbt/data/validation.csv
"""
import base64
import json
import os
import sys
import tempfile
import zlib

import numpy as np
import xgboost as xgb

VERSION = tuple(int(part) for part in xgb.__version__.split(".")[:2])
FEATURES = 6
ROWS = 160
SHOWN = 40
generator = np.random.default_rng(7)

X = generator.normal(size=(ROWS, FEATURES)).astype(np.float32)
X[generator.random(X.shape) < 0.1] = np.nan
score = np.nan_to_num(X[:, 0]) * 2 - np.nan_to_num(X[:, 1]) + np.nan_to_num(X[:, 2]) ** 2
binary = (score > 0.5).astype(np.float32)
classes = np.digitize(score, [-0.5, 1.0]).astype(np.float32)
real = score.astype(np.float32)
positive = np.exp(score / 4).astype(np.float32)
counts = np.floor(positive * 2).astype(np.float32)
two = np.stack([real, -real + 1], axis=1)

categories = X.copy()
categories[:, 3] = generator.integers(0, 5, ROWS)
categories[:, 4] = generator.integers(0, 40, ROWS)
categories[generator.random(ROWS) < 0.1, 4] = np.nan
kinds = ["q", "q", "q", "c", "c", "q"]
categorical_label = (np.isin(categories[:, 4] % 7, [1, 4]) + categories[:, 3] / 3).astype(np.float32)


def case(name, label, rounds=6, rows=X, feature_types=None, group=None, bounds=None, **parameters):
    data = xgb.DMatrix(rows, label=label, feature_types=feature_types, enable_categorical=feature_types is not None)
    if group is not None:
        data.set_group(group)
    if bounds is not None:
        data.set_float_info("label_lower_bound", bounds[0])
        data.set_float_info("label_upper_bound", bounds[1])
    booster = xgb.train({"max_depth": 3, "eta": 0.4, "seed": 3, "verbosity": 0, **parameters}, data, rounds)
    return name, booster, rows, feature_types


def cases():
    yield case("logistic", binary, objective="binary:logistic")
    yield case("logistic-base-score", binary, objective="binary:logistic", base_score=0.37)
    yield case("logistic-regression", binary, objective="reg:logistic")
    yield case("logitraw", binary, objective="binary:logitraw", base_score=0.25)
    yield case("hinge", binary, objective="binary:hinge")
    yield case("squared-error", real, objective="reg:squarederror")
    yield case("squared-log-error", positive, objective="reg:squaredlogerror")
    yield case("pseudo-huber", real, objective="reg:pseudohubererror")
    yield case("absolute-error", real, objective="reg:absoluteerror")
    yield case("poisson", counts, objective="count:poisson")
    yield case("gamma", positive, objective="reg:gamma")
    yield case("tweedie", positive, objective="reg:tweedie", tweedie_variance_power=1.3)
    yield case("cox", positive, objective="survival:cox")
    yield case("aft", None, objective="survival:aft", bounds=(positive, positive * 1.5))
    yield case("pairwise", binary, objective="rank:pairwise", group=[40, 40, 80])
    yield case("ndcg", binary, objective="rank:ndcg", group=[40, 40, 80])
    yield case("map", binary, objective="rank:map", group=[40, 40, 80])
    yield case("softprob", classes, objective="multi:softprob", num_class=3)
    yield case("softmax", classes, objective="multi:softmax", num_class=3)
    yield case("dart", binary, rounds=12, objective="binary:logistic", booster="dart", rate_drop=0.5)
    yield case("forest", binary, rounds=2, objective="binary:logistic", num_parallel_tree=4, subsample=0.7, eta=1)
    yield case("forest-classes", classes, rounds=2, objective="multi:softprob", num_class=3, num_parallel_tree=3, subsample=0.7)
    yield case("two-targets", two, objective="reg:squarederror")
    yield case("categorical-one-hot", categorical_label, rows=categories, feature_types=kinds, tree_method="hist", max_cat_to_onehot=100)
    yield case("categorical-partition", categorical_label, rows=categories, feature_types=kinds, tree_method="hist", max_cat_to_onehot=1)
    yield case("one-leaf", np.zeros(ROWS, dtype=np.float32), rounds=1, objective="reg:squarederror")
    yield case("deep", real, rounds=3, objective="reg:squarederror", max_depth=9, min_child_weight=0)
    if VERSION >= (2, 0):
        yield case("quantiles", real, objective="reg:quantileerror", quantile_alpha=[0.2, 0.5, 0.9])
        yield case("vector-leaves", two, objective="reg:squarederror", multi_strategy="multi_output_tree", tree_method="hist")
        yield case("vector-leaves-classes", classes, objective="multi:softprob", num_class=3, multi_strategy="multi_output_tree", tree_method="hist")


def packed(array):
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode()


def formats_of(name):
    if name.startswith("categorical") or name.startswith("vector"):
        return ["json", "ubj"]
    return ["json", "ubj"] + (["deprecated"] if VERSION < (3, 1) else [])


def saved(booster, extension):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model." + extension)
        booster.save_model(path)
        with open(path, "rb") as file:
            return base64.b64encode(zlib.compress(file.read(), 9)).decode()


def main(folder):
    written = []
    for name, booster, rows, feature_types in cases():
        shown = rows[:SHOWN].copy()
        if feature_types is not None:
            # Categories that were never seen, and ones that no model can know.
            shown[0, 4], shown[1, 4], shown[2, 4], shown[3, 3] = 39, 63, 64, 1_000
        data = xgb.DMatrix(shown, feature_types=feature_types, enable_categorical=feature_types is not None)
        models = {}
        for extension in formats_of(name):
            try:
                models[extension] = saved(booster, extension)
            except Exception as error:  # this release no longer writes that format
                print(name, extension, str(error).splitlines()[0][:120])
        written.append({
            "name": name, "models": models, "rows": packed(shown), "features": FEATURES,
            "margins": packed(booster.predict(data, output_margin=True)), "predictions": packed(booster.predict(data)),
        })
    path = os.path.join(folder, f"xgboost-{xgb.__version__}.json")
    with open(path, "w") as file:
        json.dump({"version": xgb.__version__, "cases": written}, file, indent=1)
        file.write("\n")
    print(path, os.path.getsize(path))


def trained(folder, model, rows):
    booster = xgb.Booster(model_file=model)
    shown = np.loadtxt(rows, delimiter=",", dtype=np.float32)[:, 1:]
    with open(model, "rb") as file:
        text = base64.b64encode(zlib.compress(file.read(), 9)).decode()
    found = {
        "name": "built-in-trainer", "models": {"json": text}, "rows": packed(shown), "features": shown.shape[1],
        "margins": packed(booster.predict(xgb.DMatrix(shown), output_margin=True)), "predictions": packed(booster.predict(xgb.DMatrix(shown))),
    }
    with open(os.path.join(folder, "built-in-trainer.json"), "w") as file:
        json.dump({"version": xgb.__version__, "cases": [found]}, file, indent=1)
        file.write("\n")


(main if len(sys.argv) == 2 else trained)(*sys.argv[1:])
