"""A user's script, as it is written for SageMaker: it knows nothing of Cloister."""

import argparse
import json
import os

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int)
parser.add_argument("--fail", type=int, default=0)
arguments = parser.parse_args()
if arguments.fail:
    raise ValueError("the script says no")

host = os.environ["SM_CURRENT_HOST"]
seen = {
    "hosts": json.loads(os.environ["SM_HOSTS"]),
    "epochs": arguments.epochs,
    "files": sorted(os.listdir(os.environ["SM_CHANNEL_TRAIN"])),
    "job": os.environ["TRAINING_JOB_NAME"],
}
print("the script runs on " + host, flush=True)
with open(os.path.join(os.environ["SM_MODEL_DIR"], host + ".json"), "w") as file:
    json.dump(seen, file)
