"""Flow logs with boto3, as it is published: reads what to send from standard input, prints what it saw as JSON."""

import json
import sys

import boto3
from botocore.exceptions import ClientError

asked = json.load(sys.stdin)
ec2 = boto3.client("ec2")

vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
made = ec2.create_flow_logs(ResourceIds=[vpc], ResourceType="VPC", **asked["flowLog"])
ids = made["FlowLogIds"]
described = ec2.describe_flow_logs(FlowLogIds=ids)["FlowLogs"]
for flow_log in described:
    flow_log["CreationTime"] = flow_log["CreationTime"].isoformat()
missing = ec2.create_flow_logs(
    ResourceIds=[vpc],
    ResourceType="VPC",
    TrafficType="ALL",
    LogDestinationType="s3",
    LogDestination="arn:aws:s3:::nobody-has-this",
)
try:
    ec2.create_flow_logs(ResourceIds=[vpc], ResourceType="VPC", **asked["flowLog"])
    again = None
except ClientError as error:
    again = error.response["Error"]["Code"]
deleted = ec2.delete_flow_logs(FlowLogIds=ids)
json.dump(
    {
        "vpc": vpc,
        "ids": ids,
        "unsuccessful": made["Unsuccessful"],
        "described": described,
        "missing": missing["Unsuccessful"],
        "again": again,
        "deleted": deleted["Unsuccessful"],
        "left": ec2.describe_flow_logs()["FlowLogs"],
    },
    sys.stdout,
)
