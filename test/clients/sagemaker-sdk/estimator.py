"""Script mode by the SDK's v2: one instance, two, a script that fails, and a network without a way to S3, side by side."""

import contextlib
import io
import json
import sys
import threading

from sagemaker import Session
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput

given = json.load(sys.stdin)
session = Session()
bucket = session.default_bucket()
session.upload_string_as_file_body("a,b\n1,2\n", bucket, "train/rows.csv")


def fit(count, fail, subnet):
    estimator = Estimator(
        image_uri="cloister/python",
        role=given["role"],
        instance_count=count,
        instance_type="ml.m5.large",
        volume_size=1,
        max_run=300,
        entry_point="train.py",
        source_dir=given["source"],
        hyperparameters={"epochs": 3, "fail": fail},
        subnets=[subnet],
        security_group_ids=[given["groups"][subnet]],
        sagemaker_session=Session(),
    )
    try:
        estimator.fit({"train": TrainingInput("s3://" + bucket + "/train/")}, wait=True, logs="All")
        outcome = {"model": estimator.model_data}
    except Exception as error:  # What the user sees is what is tested.
        outcome = {"error": str(error)}
    return {"job": estimator.latest_training_job.name, **outcome}


cases = {
    "one": (1, 0, given["subnet"]),
    "two": (2, 0, given["subnet"]),
    "fails": (1, 1, given["subnet"]),
    "cut": (1, 0, given["cutSubnet"]),
}
seen = {}
threads = [threading.Thread(target=lambda name=name, case=case: seen.update({name: fit(*case)})) for name, case in cases.items()]
shown = io.StringIO()
with contextlib.redirect_stdout(shown):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print(json.dumps({"bucket": bucket, "shown": shown.getvalue(), **seen}))
