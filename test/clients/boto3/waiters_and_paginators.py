"""Every waiter and paginator that boto3 has for what is built: goes them, and prints what it saw as JSON."""

import json
import sys
import time

import boto3
from botocore import xform_name
from botocore.exceptions import DataNotFoundError, WaiterError
from botocore.session import get_session

asked = json.load(sys.stdin)
built = asked["built"]
clients = {service: boto3.client(service) for service in built}
ec2, iam, logs, s3, sagemaker = (clients[service] for service in ("ec2", "iam", "logs", "s3", "sagemaker"))
waited, paged = {}, {}


def listed(kind, member):
    """What botocore's own files have for the operations that are built."""
    loader = get_session().get_component("data_loader")
    found = []
    for service, operations in built.items():
        try:
            entries = loader.load_service_model(service, kind)[member]
        except DataNotFoundError:
            continue
        for name, entry in entries.items():
            if entry.get("operation", name) in operations:
                found.append(f"{service}.{name}")
    return sorted(found)


def wait(service, name, attempts=40, **parameters):
    try:
        clients[service].get_waiter(xform_name(name)).wait(**parameters, WaiterConfig={"Delay": 1, "MaxAttempts": attempts})
        waited[f"{service}.{name}"] = None
    except WaiterError as error:
        waited[f"{service}.{name}"] = str(error)


def page(service, operation, size, **parameters):
    client = clients[service]
    paginator = client.get_paginator(xform_name(operation))
    key = paginator.result_keys[0].expression
    pages = [page.get(key, []) for page in paginator.paginate(**parameters, PaginationConfig={"PageSize": size})]
    whole = getattr(client, xform_name(operation))(**parameters).get(key, [])
    paged[f"{service}.{operation}"] = {
        "sizes": [len(items) for items in pages],
        "size": size,
        "same": [item for items in pages for item in items] == whole,
    }


def make_network():
    vpcs = [ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"] for number in range(6)]
    for vpc in vpcs:
        ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3")
        ec2.create_tags(Resources=[vpc], Tags=[{"Key": "purpose", "Value": "pages"}])
    subnets = [ec2.create_subnet(VpcId=vpcs[0], CidrBlock=f"10.0.{number}.0/24")["Subnet"]["SubnetId"] for number in range(6)]
    interfaces = []
    for subnet in subnets:
        interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
        ec2.create_network_interface_permission(
            NetworkInterfaceId=interface, AwsAccountId="111122223333", Permission="INSTANCE-ATTACH"
        )
        interfaces.append(interface)
    ec2.create_flow_logs(
        ResourceIds=subnets,
        ResourceType="Subnet",
        TrafficType="ALL",
        LogGroupName="flows",
        DeliverLogsPermissionArn="arn:aws:iam::000000000000:role/role-0",
    )
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": vpcs[:1]}])["SecurityGroups"]
    return {"vpcs": vpcs, "subnets": subnets, "interfaces": interfaces, "group": groups[0]["GroupId"]}


def go_ec2(network):
    wait("ec2", "VpcExists", VpcIds=network["vpcs"])
    wait("ec2", "VpcAvailable", VpcIds=network["vpcs"])
    wait("ec2", "SubnetAvailable", SubnetIds=network["subnets"])
    wait("ec2", "NetworkInterfaceAvailable", NetworkInterfaceIds=network["interfaces"])
    wait("ec2", "SecurityGroupExists", GroupIds=[network["group"]])
    # What was never there is gone.
    wait("ec2", "NatGatewayDeleted", NatGatewayIds=["nat-0123456789abcdef0"])
    wait("ec2", "VpcPeeringConnectionDeleted", VpcPeeringConnectionIds=["pcx-0123456789abcdef0"])
    for operation in (name for name in listed("paginators-1", "pagination") if name.startswith("ec2.")):
        if operation == "ec2.GetManagedPrefixListEntries":
            prefix_list = ec2.describe_managed_prefix_lists()["PrefixLists"][0]["PrefixListId"]
            page("ec2", "GetManagedPrefixListEntries", 1, PrefixListId=prefix_list)
        elif operation == "ec2.DescribeManagedPrefixLists":
            page("ec2", "DescribeManagedPrefixLists", 1)
        else:
            page("ec2", operation.removeprefix("ec2."), 5)


def go_iam():
    for number in range(3):
        iam.create_user(UserName=f"user-{number}")
        iam.create_role(RoleName=f"role-{number}", AssumeRolePolicyDocument=asked["trustPolicy"])
        iam.put_user_policy(UserName="user-0", PolicyName=f"inline-{number}", PolicyDocument=asked["rolePolicy"])
        iam.put_role_policy(RoleName="role-0", PolicyName=f"inline-{number}", PolicyDocument=asked["rolePolicy"])
    iam.put_role_policy(RoleName="role-0", PolicyName="training", PolicyDocument=asked["rolePolicy"])
    for name in ("AmazonSageMakerFullAccess", "AmazonS3FullAccess"):
        iam.attach_role_policy(RoleName="role-0", PolicyArn=f"arn:aws:iam::aws:policy/{name}")
    iam.tag_role(RoleName="role-0", Tags=[{"Key": f"key-{number}", "Value": "value"} for number in range(3)])
    for _ in range(2):
        iam.create_access_key(UserName="user-0")
    wait("iam", "UserExists", UserName="user-0")
    wait("iam", "RoleExists", RoleName="role-0")
    wait("iam", "PolicyExists", PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")
    for operation in ("ListRoles", "ListUsers"):
        page("iam", operation, 1)
    for operation in ("ListAccessKeys", "ListGroupsForUser", "ListUserPolicies"):
        page("iam", operation, 1, UserName="user-0")
    for operation in ("ListAttachedRolePolicies", "ListInstanceProfilesForRole", "ListRolePolicies", "ListRoleTags"):
        page("iam", operation, 1, RoleName="role-0")


def go_s3():
    for number in range(3):
        s3.create_bucket(Bucket=f"pages-{number}")
        s3.put_object(Bucket="pages-0", Key=f"key-{number}", Body=b"1")
        upload = s3.create_multipart_upload(Bucket="pages-0", Key=f"upload-{number}")["UploadId"]
    for number in range(3):
        s3.upload_part(Bucket="pages-0", Key="upload-2", UploadId=upload, PartNumber=number + 1, Body=b"1")
    wait("s3", "BucketExists", Bucket="pages-0")
    wait("s3", "BucketNotExists", Bucket="pages-none")
    wait("s3", "ObjectExists", Bucket="pages-0", Key="key-0")
    wait("s3", "ObjectNotExists", Bucket="pages-0", Key="none")
    page("s3", "ListBuckets", 1)
    for operation in ("ListMultipartUploads", "ListObjects", "ListObjectsV2"):
        page("s3", operation, 1, Bucket="pages-0")
    page("s3", "ListParts", 1, Bucket="pages-0", Key="upload-2", UploadId=upload)


def go_logs():
    now = int(time.time() * 1000)
    for number in range(3):
        logs.create_log_group(logGroupName=f"group-{number}")
        logs.create_log_stream(logGroupName="group-0", logStreamName=f"stream-{number}")
        events = [{"timestamp": now + number, "message": f"event {number}"}]
        logs.put_log_events(logGroupName="group-0", logStreamName=f"stream-{number}", logEvents=events)
    page("logs", "DescribeLogGroups", 1, logGroupNamePrefix="group-")
    page("logs", "DescribeLogStreams", 1, logGroupName="group-0")
    page("logs", "FilterLogEvents", 1, logGroupName="group-0")


def go_sagemaker(network):
    for number in range(3):
        place = {"Subnets": network["subnets"][:1], "SecurityGroupIds": [network["group"]]}
        role = {"RoleArn": "arn:aws:iam::000000000000:role/role-0"}
        sagemaker.create_training_job(**{**asked["job"], **role, "TrainingJobName": f"job-{number}", "VpcConfig": place})
    for number in range(3):
        wait("sagemaker", "TrainingJobCompletedOrStopped", TrainingJobName=f"job-{number}")
    page("sagemaker", "ListTrainingJobs", 1)


made = make_network()
go_iam()
go_sagemaker(made)
go_ec2(made)
go_s3()
go_logs()
json.dump(
    {
        "waiters": listed("waiters-2", "waiters"),
        "paginators": listed("paginators-1", "pagination"),
        "waited": waited,
        "paged": paged,
    },
    sys.stdout,
)
