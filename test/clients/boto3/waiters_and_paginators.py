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
    """What botocore's own files have for the operations that are built, and the operation of each."""
    loader = get_session().get_component("data_loader")
    found = {}
    for service, operations in built.items():
        try:
            entries = loader.load_service_model(service, kind)[member]
        except DataNotFoundError:
            continue
        for name, entry in entries.items():
            operation = entry.get("operation", name)
            if operation in operations:
                found[f"{service}.{name}"] = operation
    return dict(sorted(found.items()))


def wait(service, name, attempts=80, **parameters):
    try:
        clients[service].get_waiter(xform_name(name)).wait(**parameters, WaiterConfig={"Delay": 0.5, "MaxAttempts": attempts})
        waited[f"{service}.{name}"] = None
    except WaiterError as error:
        waited[f"{service}.{name}"] = str(error)


def page(service, operation, size, **parameters):
    client = clients[service]
    paginator = client.get_paginator(xform_name(operation))
    whole = getattr(client, xform_name(operation))(**parameters)
    key = max((key.expression for key in paginator.result_keys), key=lambda name: len(whole.get(name, [])))
    pages = [page.get(key, []) for page in paginator.paginate(**parameters, PaginationConfig={"PageSize": size})]
    paged[f"{service}.{operation}"] = {
        "sizes": [len(items) for items in pages],
        "size": size,
        "same": [item for items in pages for item in items] == whole.get(key, []),
    }


def make_internet(vpc, subnet):
    """NAT gateways need an internet gateway in their VPC. One of them is deleted again, and shown for a while."""
    gateways = [ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"] for _ in range(6)]
    ec2.attach_internet_gateway(InternetGatewayId=gateways[0], VpcId=vpc)
    nats = []
    for _ in range(6):
        allocation = ec2.allocate_address()["AllocationId"]
        nats.append(ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation)["NatGateway"]["NatGatewayId"])
    return {"gateways": gateways, "nats": nats}


def make_lists(vpc):
    """Entries of a list, and groups whose rules speak of it."""
    lists = []
    for number in range(2):
        entries = [{"Cidr": f"10.9.{entry}.0/24"} for entry in range(3)]
        request = {"PrefixListName": f"list-{number}", "AddressFamily": "IPv4", "MaxEntries": 3}
        lists.append(ec2.create_managed_prefix_list(**request, Entries=entries)["PrefixList"]["PrefixListId"])
    for number in range(6):
        group = ec2.create_security_group(VpcId=vpc, GroupName=f"group-{number}", Description="pages")["GroupId"]
        permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": lists[0]}]}
        ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[permission])
        ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": [f"corp-{number}.example"]}])
    return lists


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
    internet = make_internet(vpcs[0], subnets[0])
    own = {"vpcs": vpcs, "subnets": subnets, "interfaces": interfaces, "group": groups[0]["GroupId"], "lists": make_lists(vpcs[0])}
    return {**own, **internet}


def go_ec2(network):
    wait("ec2", "VpcExists", VpcIds=network["vpcs"])
    wait("ec2", "VpcAvailable", VpcIds=network["vpcs"])
    wait("ec2", "SubnetAvailable", SubnetIds=network["subnets"])
    wait("ec2", "NetworkInterfaceAvailable", NetworkInterfaceIds=network["interfaces"])
    wait("ec2", "SecurityGroupExists", GroupIds=[network["group"]])
    wait("ec2", "InternetGatewayExists", InternetGatewayIds=network["gateways"])
    wait("ec2", "NatGatewayAvailable", NatGatewayIds=network["nats"])
    ec2.delete_nat_gateway(NatGatewayId=network["nats"][0])
    wait("ec2", "NatGatewayDeleted", NatGatewayIds=network["nats"][:1])
    for name, parameters in asked["gone"].items():
        wait("ec2", name.removeprefix("ec2."), **parameters)
    for name in listed("waiters-2", "waiters"):
        if name.startswith("ec2.") and name not in waited:
            wait("ec2", name.removeprefix("ec2."), attempts=1, **asked["absent"].get(name, {}))
    places = {
        "DescribeStaleSecurityGroups": {"VpcId": network["vpcs"][0]},
        "GetManagedPrefixListAssociations": {"PrefixListId": network["lists"][0]},
        "GetManagedPrefixListEntries": {"PrefixListId": network["lists"][0]},
        "GetSecurityGroupsForVpc": {"VpcId": network["vpcs"][0]},
    }
    for name in (name for name in listed("paginators-1", "pagination") if name.startswith("ec2.")):
        operation = name.removeprefix("ec2.")
        page("ec2", operation, 1 if name in asked["smallPages"] else 5, **places.get(operation, {}))


def make_policies():
    """Of each policy several versions and uses, and instance profiles of one role."""
    tags = [{"Key": f"key-{number}", "Value": "value"} for number in range(3)]
    iam.tag_role(RoleName="role-0", Tags=tags)
    iam.tag_user(UserName="user-0", Tags=tags)
    arns = []
    for number in range(3):
        request = {"PolicyName": f"policy-{number}", "PolicyDocument": asked["rolePolicy"], "Tags": tags}
        arns.append(iam.create_policy(**request)["Policy"]["Arn"])
        iam.create_policy_version(PolicyArn=arns[number], PolicyDocument=asked["rolePolicy"])
        iam.attach_user_policy(UserName="user-0", PolicyArn=arns[number])
        iam.attach_role_policy(RoleName=f"role-{number}", PolicyArn=arns[0])
        iam.create_group(GroupName=f"group-{number}")
        iam.add_user_to_group(GroupName="group-0", UserName=f"user-{number}")
        if number > 0:
            iam.add_user_to_group(GroupName=f"group-{number}", UserName="user-0")
        iam.attach_group_policy(GroupName="group-0", PolicyArn=arns[number])
        iam.put_group_policy(GroupName="group-0", PolicyName=f"inline-{number}", PolicyDocument=asked["rolePolicy"])
        iam.create_instance_profile(InstanceProfileName=f"profile-{number}", Tags=tags)
        iam.add_role_to_instance_profile(InstanceProfileName=f"profile-{number}", RoleName="role-0")
    return arns


def go_iam():
    for number in range(3):
        iam.create_user(UserName=f"user-{number}")
        iam.create_role(RoleName=f"role-{number}", AssumeRolePolicyDocument=asked["trustPolicy"])
        iam.put_user_policy(UserName="user-0", PolicyName=f"inline-{number}", PolicyDocument=asked["rolePolicy"])
        iam.put_role_policy(RoleName="role-0", PolicyName=f"inline-{number}", PolicyDocument=asked["rolePolicy"])
    iam.put_role_policy(RoleName="role-0", PolicyName="training", PolicyDocument=asked["rolePolicy"])
    for name in ("AmazonSageMakerFullAccess", "AmazonS3FullAccess"):
        iam.attach_role_policy(RoleName="role-0", PolicyArn=f"arn:aws:iam::aws:policy/{name}")
    arns = make_policies()
    for _ in range(2):
        iam.create_access_key(UserName="user-0")
    wait("iam", "UserExists", UserName="user-0")
    wait("iam", "RoleExists", RoleName="role-0")
    wait("iam", "PolicyExists", PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")
    wait("iam", "InstanceProfileExists", InstanceProfileName="profile-0")
    user, role, policy = {"UserName": "user-0"}, {"RoleName": "role-0"}, {"PolicyArn": arns[0]}
    places = {
        **dict.fromkeys(("ListAccessKeys", "ListAttachedUserPolicies", "ListGroupsForUser", "ListUserPolicies", "ListUserTags"), user),
        **dict.fromkeys(("ListAttachedRolePolicies", "ListInstanceProfilesForRole", "ListRolePolicies", "ListRoleTags"), role),
        **dict.fromkeys(("ListPolicyTags", "ListPolicyVersions"), policy),
        **dict.fromkeys(("GetGroup", "ListAttachedGroupPolicies", "ListGroupPolicies"), {"GroupName": "group-0"}),
        "ListEntitiesForPolicy": {**policy, "EntityFilter": "Role"},
        "ListInstanceProfileTags": {"InstanceProfileName": "profile-0"},
        "SimulatePrincipalPolicy": {
            "PolicySourceArn": "arn:aws:iam::000000000000:role/role-0",
            "ActionNames": ["s3:GetObject", "s3:PutObject", "iam:GetRole"],
        },
    }
    for name in (name for name in listed("paginators-1", "pagination") if name.startswith("iam.")):
        operation = name.removeprefix("iam.")
        page("iam", operation, 1, **places.get(operation, {}))


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
    for operation in ("ListMultipartUploads", "ListObjectVersions", "ListObjects", "ListObjectsV2"):
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
        # Its end comes by itself, and soon: nobody compiles for its framework.
        sagemaker.create_compilation_job(
            **role,
            CompilationJobName=f"compile-{number}",
            InputConfig={"Framework": "KERAS", "S3Uri": "s3://pages-0/model.tar.gz"},
            OutputConfig={"S3OutputLocation": "s3://pages-0/compiled/", "TargetDevice": "ml_c5"},
            StoppingCondition={"MaxRuntimeInSeconds": 60},
            VpcConfig=place,
        )
    for number in range(3):
        wait("sagemaker", "TrainingJobCompletedOrStopped", TrainingJobName=f"job-{number}")
    for number in range(3):
        end = time.time() + 60
        while sagemaker.describe_compilation_job(CompilationJobName=f"compile-{number}")["CompilationJobStatus"] != "FAILED":
            assert time.time() < end, "the compilation job has not failed"
            time.sleep(0.2)
    page("sagemaker", "ListTrainingJobs", 1)
    page("sagemaker", "ListCompilationJobs", 1)
    page("sagemaker", "ListTags", 50, ResourceArn="arn:aws:sagemaker:us-east-1:000000000000:training-job/job-0")


made = make_network()
go_iam()
go_s3()
go_sagemaker(made)
go_ec2(made)
go_logs()
json.dump(
    {
        "waiters": listed("waiters-2", "waiters"),
        "paginators": list(listed("paginators-1", "pagination")),
        "waited": waited,
        "paged": paged,
    },
    sys.stdout,
)
