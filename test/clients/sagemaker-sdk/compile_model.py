"""A model of XGBoost compiled by the SDK's v2, and one that is of another framework than is said."""

import contextlib
import io
import json
import sys

from sagemaker import Session
from sagemaker.model import Model

given = json.load(sys.stdin)


def compile_for(target, framework):
    model = Model(image_uri="none", model_data=given["model"], role=given["role"], sagemaker_session=Session())
    name = "sdk-" + framework
    try:
        model.compile(
            target_instance_family=target,
            input_shape={"data": [1, 6]},
            output_path=given["output"],
            role=given["role"],
            job_name=name,
            framework=framework,
            framework_version="1.3",
        )
        return {"job": name, "model": model.model_data}
    except Exception as error:  # What the user sees is what is tested.
        return {"job": name, "error": str(error)}


with contextlib.redirect_stdout(io.StringIO()):
    seen = {framework: compile_for("ml_c5", framework) for framework in ("xgboost", "onnx")}
print(json.dumps(seen))
