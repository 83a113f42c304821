"""A script as it is written for SageMaker: data in SM_CHANNEL_TRAINING, the model to SM_MODEL_DIR, hyperparameters as arguments."""

import argparse
import os

import joblib
import numpy
from sklearn.ensemble import RandomForestClassifier

parser = argparse.ArgumentParser()
parser.add_argument("--trees", type=int, default=100)
trees = parser.parse_args().trees


def rows_of(name):
    rows = numpy.loadtxt(os.path.join(os.environ["SM_CHANNEL_TRAINING"], name), delimiter=",")
    return rows[:, 1:], rows[:, 0]


forest = RandomForestClassifier(n_estimators=trees, random_state=0).fit(*rows_of("train.csv"))
print("accuracy on rows it never saw: %.4f" % forest.score(*rows_of("validation.csv")))
joblib.dump(forest, os.path.join(os.environ["SM_MODEL_DIR"], "forest.joblib"))
