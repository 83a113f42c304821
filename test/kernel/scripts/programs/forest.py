"""A user's script for scikit-learn, as it is written for SageMaker."""

import argparse
import json
import os
import tarfile

import joblib
import numpy
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

parser = argparse.ArgumentParser()
parser.add_argument("--trees", type=int, default=100)
parser.add_argument("--model-dir", default=os.environ["SM_MODEL_DIR"])
parser.add_argument("--output-data-dir", default=os.environ["SM_OUTPUT_DATA_DIR"])
arguments = parser.parse_args()


def rows_of(channel):
    folder = os.environ["SM_CHANNEL_" + channel.upper()]
    rows = numpy.concatenate([numpy.loadtxt(os.path.join(folder, name), delimiter=",") for name in sorted(os.listdir(folder))])
    return rows[:, 1:], rows[:, 0].astype(int)


features, labels = rows_of("validation")
if "SM_CHANNEL_MODEL" in os.environ:
    # A second job takes the first one's artefact for its input.
    archive = os.path.join(os.environ["SM_CHANNEL_MODEL"], "model.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall("/tmp/model")
    forest = joblib.load("/tmp/model/forest.joblib")
else:
    forest = RandomForestClassifier(n_estimators=arguments.trees, random_state=0).fit(*rows_of("train"))
    joblib.dump(forest, os.path.join(arguments.model_dir, "forest.joblib"))
print("accuracy=%.4f;" % forest.score(features, labels), flush=True)

# Handwritten digits, which come with scikit-learn.
train_digits, test_digits, train_labels, test_labels = train_test_split(*load_digits(return_X_y=True), random_state=0)
digits = SVC(gamma=0.001).fit(train_digits, train_labels)
os.makedirs(arguments.output_data_dir, exist_ok=True)
with open(os.path.join(arguments.output_data_dir, "report.json"), "w") as file:
    report = {
        "trees": len(forest.estimators_),
        "wrong": numpy.flatnonzero(forest.predict(features) != labels).tolist(),
        "rows": len(labels),
        "digits": digits.score(test_digits, test_labels),
    }
    json.dump(report, file)
