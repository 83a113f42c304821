"""Script mode by the SDK's v3."""

import contextlib
import io
import json
import sys

from sagemaker.core.helper.session_helper import Session
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData, Networking, SourceCode, StoppingCondition

given = json.load(sys.stdin)
shown = io.StringIO()
with contextlib.redirect_stdout(shown):
    session = Session()
    bucket = session.default_bucket()
    trainer = ModelTrainer(
        training_image="cloister/python",
        role=given["role"],
        sagemaker_session=session,
        base_job_name="v3",
        source_code=SourceCode(source_dir=given["source"], entry_script="train.py"),
        compute=Compute(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=1),
        networking=Networking(subnets=[given["subnet"]], security_group_ids=[given["groups"][given["subnet"]]]),
        hyperparameters={"epochs": 3},
        stopping_condition=StoppingCondition(max_runtime_in_seconds=300),
    )
    data = InputData(channel_name="train", data_source="s3://" + bucket + "/train/")
    trainer.train(input_data_config=[data], wait=True, logs=True)
    job = trainer._latest_training_job
print(json.dumps({"job": job.training_job_name, "model": job.model_artifacts.s3_model_artifacts, "shown": shown.getvalue()}))
