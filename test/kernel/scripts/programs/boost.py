"""A user's script for XGBoost, as it is written for SageMaker."""

import argparse
import json
import os
import tarfile

import numpy
import xgboost

parser = argparse.ArgumentParser()
parser.add_argument("--num_round", type=int)
parser.add_argument("--max_depth", type=int, default=6)
arguments = parser.parse_args()


def matrix_of(channel):
    rows = numpy.loadtxt(os.path.join(os.environ["SM_CHANNEL_" + channel.upper()], channel + ".csv"), delimiter=",")
    return xgboost.DMatrix(rows[:, 1:], label=rows[:, 0])


def error_of(booster, matrix):
    return float(numpy.mean((booster.predict(matrix) > 0.5) != matrix.get_label()))


train, validation = matrix_of("train"), matrix_of("validation")
settings = {"objective": "binary:logistic", "max_depth": arguments.max_depth, "eval_metric": "error", "nthread": 2, "seed": 0}
booster = xgboost.train(settings, train, arguments.num_round, evals=[(train, "train"), (validation, "validation")])
model = os.path.join(os.environ["SM_MODEL_DIR"], "xgboost-model")
booster.save_model(model + ".json")
os.rename(model + ".json", model)
report = {"version": xgboost.__version__, "error": error_of(booster, validation)}

if "SM_CHANNEL_BUILTIN" in os.environ:
    # What cloister/gbt learnt, by XGBoost's own reader.
    with tarfile.open(os.path.join(os.environ["SM_CHANNEL_BUILTIN"], "model.tar.gz")) as tar:
        tar.extractall("/tmp/builtin")
    os.rename("/tmp/builtin/xgboost-model", "/tmp/builtin/model.json")
    builtin = xgboost.Booster(model_file="/tmp/builtin/model.json")
    report["builtin"] = {"error": error_of(builtin, validation), "rounds": builtin.num_boosted_rounds()}
with open(os.path.join(os.environ["SM_MODEL_DIR"], "report.json"), "w") as file:
    json.dump(report, file)
