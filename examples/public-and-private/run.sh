#!/usr/bin/env bash
# Two subnets, one public and one private with a NAT gateway, and the same training job in each.
# Needs the AWS CLI and a running Cloister:  ./cloister up & eval "$(./cloister env --wait)"
set -euo pipefail
export AWS_PAGER='' AWS_DEFAULT_OUTPUT=text

name=public-and-private
bucket=sagemaker-$name

echo '== A VPC with an internet gateway'
vpc=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId)
gateway=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId)
aws ec2 attach-internet-gateway --internet-gateway-id "$gateway" --vpc-id "$vpc"
group=$(aws ec2 create-security-group --group-name jobs --description 'training jobs' --vpc-id "$vpc" --query GroupId)

echo '== A public subnet: its route table leads to the internet gateway'
public=$(aws ec2 create-subnet --vpc-id "$vpc" --cidr-block 10.0.1.0/24 --query Subnet.SubnetId)
public_table=$(aws ec2 create-route-table --vpc-id "$vpc" --query RouteTable.RouteTableId)
aws ec2 associate-route-table --route-table-id "$public_table" --subnet-id "$public" --query AssociationState.State
aws ec2 create-route --route-table-id "$public_table" --destination-cidr-block 0.0.0.0/0 --gateway-id "$gateway"

echo '== A NAT gateway in it, with an Elastic IP'
allocation=$(aws ec2 allocate-address --query AllocationId)
nat=$(aws ec2 create-nat-gateway --subnet-id "$public" --allocation-id "$allocation" --query NatGateway.NatGatewayId)

echo '== A private subnet: its route table leads to the NAT gateway'
private=$(aws ec2 create-subnet --vpc-id "$vpc" --cidr-block 10.0.2.0/24 --query Subnet.SubnetId)
private_table=$(aws ec2 create-route-table --vpc-id "$vpc" --query RouteTable.RouteTableId)
aws ec2 associate-route-table --route-table-id "$private_table" --subnet-id "$private" --query AssociationState.State
aws ec2 create-route --route-table-id "$private_table" --destination-cidr-block 0.0.0.0/0 --nat-gateway-id "$nat"
aws ec2 wait nat-gateway-available --nat-gateway-ids "$nat"

echo '== A role for jobs, and something to learn from'
role=$(aws iam create-role --role-name "$name" --query Role.Arn --assume-role-policy-document '{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}')
aws iam attach-role-policy --role-name "$name" --policy-arn arn:aws:iam::aws:policy/AmazonSageMakerFullAccess
aws s3 mb "s3://$bucket"
printf '1,2\n' | aws s3 cp - "s3://$bucket/input/rows.csv"

# start NAME SUBNET: a job there that reads from S3 and writes a model to S3.
start() {
  aws sagemaker create-training-job --training-job-name "$1" --role-arn "$role" --query TrainingJobArn \
    --algorithm-specification '{"TrainingImage": "cloister/base", "TrainingInputMode": "File",
      "ContainerEntrypoint": ["sh", "-c", "cp /opt/ml/input/data/train/rows.csv /opt/ml/model/"]}' \
    --input-data-config "[{\"ChannelName\": \"train\", \"DataSource\": {\"S3DataSource\":
      {\"S3DataType\": \"S3Prefix\", \"S3Uri\": \"s3://$bucket/input/\"}}}]" \
    --output-data-config "S3OutputPath=s3://$bucket/output" \
    --resource-config InstanceType=ml.m5.large,InstanceCount=1,VolumeSizeInGB=1 \
    --stopping-condition MaxRuntimeInSeconds=60 --vpc-config "Subnets=$2,SecurityGroupIds=$group"
}

# ended NAME: waits for the job, and prints how it ended.
ended() {
  local job=InProgress
  while [[ $job == *InProgress* ]]; do
    sleep 1
    job=$(aws sagemaker describe-training-job --training-job-name "$1" --query '[TrainingJobName, TrainingJobStatus, FailureReason]')
  done
  echo "$job"
}

echo '== The same job in each subnet'
start in-private "$private"
start in-public "$public"

echo '== In the private subnet it reaches S3 through the NAT gateway'
ended in-private
aws s3 ls "s3://$bucket/output/in-private/output/"

echo '== In the public subnet it does not: interfaces of jobs have no public address'
ended in-public

echo '== Away with it'
aws ec2 delete-nat-gateway --nat-gateway-id "$nat"
aws s3 rb --force "s3://$bucket"
aws iam detach-role-policy --role-name "$name" --policy-arn arn:aws:iam::aws:policy/AmazonSageMakerFullAccess
aws iam delete-role --role-name "$name"
aws ec2 wait nat-gateway-deleted --nat-gateway-ids "$nat"
aws ec2 release-address --allocation-id "$allocation"
aws ec2 detach-internet-gateway --internet-gateway-id "$gateway" --vpc-id "$vpc"
aws ec2 delete-internet-gateway --internet-gateway-id "$gateway"
for subnet in "$public" "$private"; do aws ec2 delete-subnet --subnet-id "$subnet"; done
for table in "$public_table" "$private_table"; do aws ec2 delete-route-table --route-table-id "$table"; done
aws ec2 delete-security-group --group-id "$group"
aws ec2 delete-vpc --vpc-id "$vpc"
