"""The demo's way with boto3, as it is published: reads what to send from standard input, prints what it saw as JSON."""

import base64
import hashlib
import io
import json
import sys
import time
import urllib.error
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.client import Config
from botocore.exceptions import ClientError, SSLError, WaiterError

asked = json.load(sys.stdin)
seen = {}
bucket = asked["bucket"]
log_group = asked["logGroupName"]

ec2 = boto3.client("ec2")
iam = boto3.client("iam")
logs = boto3.client("logs")
s3 = boto3.client("s3")
sagemaker = boto3.client("sagemaker")


def refusal(call, **parameters):
    """What the client makes of a refusal."""
    try:
        call(**parameters)
    except ClientError as error:
        return {
            "code": error.response["Error"]["Code"],
            "message": error.response["Error"]["Message"],
            "status": error.response["ResponseMetadata"]["HTTPStatusCode"],
            "class": type(error).__name__,
            "text": str(error),
        }
    return None


def make_network():
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.get_waiter("vpc_available").wait(VpcIds=[vpc], WaiterConfig={"Delay": 1, "MaxAttempts": 10})
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    group = ec2.create_security_group(VpcId=vpc, GroupName="training", Description="training jobs")["GroupId"]
    return {"vpcId": vpc, "subnetId": subnet, "routeTableId": table, "groupId": group}


def make_data_and_role():
    s3.create_bucket(Bucket=bucket)
    s3.upload_file(asked["trainRows"], bucket, "train/train.csv")
    s3.upload_file(asked["validationRows"], bucket, "validation/validation.csv")
    role = iam.create_role(RoleName=asked["roleName"], AssumeRolePolicyDocument=asked["trustPolicy"])["Role"]
    iam.put_role_policy(RoleName=asked["roleName"], PolicyName="training", PolicyDocument=asked["rolePolicy"])
    # boto3 decodes the document itself.
    inline = iam.get_role_policy(RoleName=asked["roleName"], PolicyName="training")["PolicyDocument"]
    return {"arn": role["Arn"], "created": role["CreateDate"], "inline": inline}


def with_network(job):
    return {**job, "VpcConfig": {"Subnets": [network["subnetId"]], "SecurityGroupIds": [network["groupId"]]}}


def wait(name):
    waiter = sagemaker.get_waiter("training_job_completed_or_stopped")
    waiter.wait(TrainingJobName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


def run_job(job):
    sagemaker.create_training_job(**with_network(job))
    name = job["TrainingJobName"]
    refused = None
    try:
        wait(name)
    except WaiterError as error:
        refused = str(error)
    return {"waiter": refused, **sagemaker.describe_training_job(TrainingJobName=name)}


def read_object(key):
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()


def log_pages(name):
    streams = logs.describe_log_streams(logGroupName=log_group, logStreamNamePrefix=name + "/")["logStreams"]
    where = {"logGroupName": log_group, "logStreamName": streams[0]["logStreamName"], "startFromHead": True}
    pages, token = [], None
    while True:
        page = logs.get_log_events(**where, limit=2, **({"nextToken": token} if token else {}))
        if page["nextForwardToken"] == token:
            return {"pages": pages, "whole": [event["message"] for event in logs.get_log_events(**where)["events"]]}
        pages.append([event["message"] for event in page["events"]])
        token = page["nextForwardToken"]


def stop_job(job):
    name = job["TrainingJobName"]
    sagemaker.create_training_job(**with_network(job))
    # Its first line tells that it handles SIGTERM.
    for _ in range(150):
        if logs.filter_log_events(logGroupName=log_group, logStreamNamePrefix=name + "/")["events"]:
            break
        time.sleep(0.2)
    sagemaker.stop_training_job(TrainingJobName=name)
    wait(name)
    described = sagemaker.describe_training_job(TrainingJobName=name)
    return {**described, "archive": base64.b64encode(read_object(f"output/{name}/output/model.tar.gz")).decode()}


def list_jobs():
    pages = sagemaker.get_paginator("list_training_jobs").paginate(
        SortBy="CreationTime", SortOrder="Ascending", PaginationConfig={"PageSize": 1}
    )
    return [[job["TrainingJobName"] for job in page["TrainingJobSummaries"]] for page in pages]


def describe_in_pages():
    for index in range(10, 16):
        tags = [{"Key": "purpose", "Value": "few" if index < 12 else "many"}]
        ec2.create_subnet(
            VpcId=network["vpcId"],
            CidrBlock=f"10.0.{index}.0/24",
            TagSpecifications=[{"ResourceType": "subnet", "Tags": tags}],
        )
    pages = ec2.get_paginator("describe_subnets").paginate(PaginationConfig={"PageSize": 5})
    tagged = ec2.describe_subnets(Filters=[{"Name": "tag:purpose", "Values": ["f*"]}])["Subnets"]
    return {
        "pages": [len(page["Subnets"]) for page in pages],
        "tagged": sorted(subnet["CidrBlock"] for subnet in tagged),
    }


def upload_in_parts():
    body = open(asked["trainRows"], "rb").read() * 100
    s3.upload_fileobj(io.BytesIO(body), bucket, "large", Config=TransferConfig(multipart_threshold=8 << 20))
    head = s3.head_object(Bucket=bucket, Key="large", ChecksumMode="ENABLED")
    attributes = {name: value for name, value in head.items() if name.startswith("Checksum")}
    same = hashlib.sha256(read_object("large")).hexdigest() == hashlib.sha256(body).hexdigest()
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 1})
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    return {"etag": head["ETag"], "size": head["ContentLength"], "expected": len(body), "same": same, "keys": keys, **attributes}


def fetch(url):
    try:
        with urllib.request.urlopen(url) as answer:
            return {"status": answer.status, "body": answer.read().decode()}
    except urllib.error.HTTPError as error:
        return {"status": error.code, "body": error.read().decode()}


def presigned():
    s3.put_object(Bucket=bucket, Key="presigned", Body=b"by its address alone")
    found = {}
    for version in ("default", "s3", "s3v4"):
        client = s3 if version == "default" else boto3.client("s3", config=Config(signature_version=version))
        url = client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "presigned"}, ExpiresIn=60)
        found[version] = {"url": url, "answer": fetch(url), "changed": fetch(url.replace("/presigned?", "/large?"))}
    put = boto3.client("s3", config=Config(signature_version="s3v4")).generate_presigned_url(
        "put_object", Params={"Bucket": bucket, "Key": "put-by-address"}, ExpiresIn=60
    )
    with urllib.request.urlopen(urllib.request.Request(put, data=b"written", method="PUT")) as answer:
        found["put"] = {"status": answer.status, "body": read_object("put-by-address").decode()}
    return found


def refusals():
    unnamed = {**with_network(asked["job"]), "TrainingJobName": "-no-name-"}
    return {
        "bucket": refusal(s3.list_objects_v2, Bucket="nobodys-bucket"),
        "key": refusal(s3.get_object, Bucket=bucket, Key="nothing"),
        "vpc": refusal(ec2.describe_vpcs, VpcIds=["vpc-0123456789abcdef0"]),
        "jobName": refusal(sagemaker.create_training_job, **unnamed),
        "job": refusal(sagemaker.describe_training_job, TrainingJobName="nobodys-job"),
        "jobTwice": refusal(sagemaker.create_training_job, **with_network(asked["endlessJob"])),
        "role": refusal(iam.get_role, RoleName="nobody"),
    }


def over_tls():
    endpoint = asked["secureEndpoint"]
    sts = boto3.client("sts", endpoint_url=endpoint)
    trusted = sts.get_caller_identity()["Account"]
    s3_trusted = boto3.client("s3", endpoint_url=endpoint)
    s3_trusted.put_object(Bucket=bucket, Key="over-tls", Body=b"sealed")
    try:
        boto3.client("sts", endpoint_url=endpoint, verify=True).get_caller_identity()
    except SSLError as error:
        stranger = str(error)
    return {"account": trusted, "body": read_object("over-tls").decode(), "stranger": stranger}


network = make_network()
seen["network"] = network
seen["role"] = make_data_and_role()
seen["withoutEndpoint"] = run_job({**asked["job"], "TrainingJobName": "no-endpoint"})
seen["interfacesLeft"] = ec2.describe_network_interfaces()["NetworkInterfaces"]
seen["endpoint"] = ec2.create_vpc_endpoint(
    VpcId=network["vpcId"], ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[network["routeTableId"]]
)["VpcEndpoint"]
seen["withEndpoint"] = run_job({**asked["job"], "TrainingJobName": "with-endpoint"})
seen["archive"] = base64.b64encode(read_object("output/with-endpoint/output/model.tar.gz")).decode()
seen["log"] = log_pages("with-endpoint")
seen["stopped"] = stop_job(asked["endlessJob"])
seen["jobs"] = list_jobs()
seen["subnets"] = describe_in_pages()
seen["large"] = upload_in_parts()
seen["presigned"] = presigned()
seen["refusals"] = refusals()
seen["tls"] = over_tls()
json.dump(seen, sys.stdout, default=str)
