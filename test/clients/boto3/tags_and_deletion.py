"""Tags of training jobs, their deletion, and policies that look at tags: prints what it saw as JSON."""

import json
import sys
import time

import boto3
from botocore.exceptions import ClientError

asked = json.load(sys.stdin)
iam, s3, sagemaker = (boto3.client(name) for name in ("iam", "s3", "sagemaker"))


def refusal(call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        return {"code": error.response["Error"]["Code"], "message": error.response["Error"]["Message"], "class": type(error).__name__}
    return None


def tags_of(arn):
    return [tag for page in sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn) for tag in page["Tags"]]


def wait(name):
    waiter = sagemaker.get_waiter("training_job_completed_or_stopped")
    waiter.wait(TrainingJobName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


def member_of(team):
    """A client of a user who may make jobs with the team's tag only, and may do only with such what jobs are for."""
    about = {"StringEquals": {"aws:RequestTag/team": team}, "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]}}
    own = {"StringEquals": {"aws:ResourceTag/team": team}}
    statements = [
        {"Effect": "Allow", "Action": ["sagemaker:CreateTrainingJob", "sagemaker:AddTags"], "Resource": "*", "Condition": about},
        {"Effect": "Allow", "Action": ["sagemaker:DescribeTrainingJob", "sagemaker:ListTags", "sagemaker:DeleteTrainingJob"], "Resource": "*", "Condition": own},
        {"Effect": "Allow", "Action": "sagemaker:StopTrainingJob", "Resource": "*", "Condition": own},
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": asked["roleArn"]},
    ]
    iam.create_user(UserName=team)
    iam.put_user_policy(UserName=team, PolicyName="jobs", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}))
    key = iam.create_access_key(UserName=team)["AccessKey"]
    return boto3.client("sagemaker", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])


def tag(key, value):
    return {"Key": key, "Value": value}


s3.create_bucket(Bucket=asked["bucket"])
iam.create_role(RoleName=asked["roleName"], AssumeRolePolicyDocument=asked["trustPolicy"])
iam.put_role_policy(RoleName=asked["roleName"], PolicyName="training", PolicyDocument=asked["rolePolicy"])
vision = member_of("vision")
sound = member_of("sound")
job = asked["job"]

seen = {
    "untagged": refusal(vision.create_training_job, **{**job, "TrainingJobName": "untagged"}),
    "othersTag": refusal(vision.create_training_job, **{**job, "TrainingJobName": "others", "Tags": [tag("team", "sound")]}),
    "furtherKey": refusal(vision.create_training_job, **{**job, "TrainingJobName": "further", "Tags": [tag("team", "vision"), tag("cost", "1")]}),
}
arn = vision.create_training_job(**{**job, "TrainingJobName": "tagged", "Tags": [tag("team", "vision"), tag("stage", "one")]})["TrainingJobArn"]
seen["created"] = tags_of(arn)
seen["strangers"] = {
    "describe": refusal(sound.describe_training_job, TrainingJobName="tagged"),
    "stop": refusal(sound.stop_training_job, TrainingJobName="tagged"),
    "tags": refusal(sound.list_tags, ResourceArn=arn),
    "delete": refusal(sound.delete_training_job, TrainingJobName="tagged"),
}
seen["retag"] = refusal(vision.add_tags, ResourceArn=arn, Tags=[tag("team", "sound")])
seen["added"] = sagemaker.add_tags(ResourceArn=arn, Tags=[tag("stage", "two"), tag("Stage", "other")])["Tags"]
seen["twice"] = refusal(sagemaker.add_tags, ResourceArn=arn, Tags=[tag("a", "1"), tag("a", "2")])
sagemaker.delete_tags(ResourceArn=arn, TagKeys=["Stage", "nobody"])
seen["deleted"] = tags_of(arn)

seen["running"] = refusal(vision.delete_training_job, TrainingJobName="tagged")
while vision.describe_training_job(TrainingJobName="tagged")["SecondaryStatus"] != "Training":
    time.sleep(0.2)
vision.stop_training_job(TrainingJobName="tagged")
wait("tagged")
seen["stopped"] = vision.describe_training_job(TrainingJobName="tagged")["TrainingJobStatus"]
vision.delete_training_job(TrainingJobName="tagged")
seen["gone"] = {
    "describe": refusal(sagemaker.describe_training_job, TrainingJobName="tagged"),
    "tags": refusal(sagemaker.list_tags, ResourceArn=arn),
    "delete": refusal(sagemaker.delete_training_job, TrainingJobName="tagged"),
    "member": refusal(vision.describe_training_job, TrainingJobName="tagged"),
    "names": [found["TrainingJobName"] for found in sagemaker.list_training_jobs()["TrainingJobSummaries"]],
}
keys = [found["Key"] for found in s3.list_objects_v2(Bucket=asked["bucket"])["Contents"]]
seen["left"] = keys
print(json.dumps(seen, default=str))
