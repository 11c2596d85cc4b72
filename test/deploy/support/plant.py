"""Plants in an account what a cluster leaves, and what only looks like it. Prints the identifiers as JSON."""
import json
import sys

import boto3

endpoint, region, cluster, bucket = sys.argv[1:]


def client(service):
    return boto3.client(
        service, endpoint_url=endpoint, region_name=region, aws_access_key_id="test", aws_secret_access_key="test"
    )


ec2, elb, elbv2, s3 = (client(service) for service in ("ec2", "elb", "elbv2", "s3"))
owned = [{"Key": f"kubernetes.io/cluster/{cluster}", "Value": "owned"}]
shared = [{"Key": f"kubernetes.io/cluster/{cluster}", "Value": "shared"}, {"Key": "KubernetesCluster", "Value": cluster}]
legacy = [{"Key": "KubernetesCluster", "Value": cluster}]
other = [{"Key": "KubernetesCluster", "Value": f"other-{cluster}"}]


def volume(tags):
    specification = [{"ResourceType": "volume", "Tags": tags}]
    return ec2.create_volume(AvailabilityZone=f"{region}a", Size=7, TagSpecifications=specification)["VolumeId"]


def address(tags):
    specification = [{"ResourceType": "elastic-ip", "Tags": tags}]
    return ec2.allocate_address(Domain="vpc", TagSpecifications=specification)["AllocationId"]


def classic(name, tags):
    listener = {"Protocol": "tcp", "LoadBalancerPort": 80, "InstancePort": 80}
    elb.create_load_balancer(LoadBalancerName=name, Listeners=[listener], AvailabilityZones=[f"{region}a"], Tags=tags)
    return name


subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]][:2]


def network(name, tags):
    made = elbv2.create_load_balancer(Name=name, Subnets=subnets, Type="network", Tags=tags)
    return made["LoadBalancers"][0]["LoadBalancerArn"]


left = [volume(owned), volume(legacy), address(owned), classic("a-owned", owned), network("b-owned", owned)]
# More than the tags of which are told at once.
kept = [classic(f"other-{number}", other) for number in range(21)]
kept += [volume(shared), volume(other), address(shared), network("b-shared", shared)]

# Versions and marks of deletion in the bucket of the cluster's state.
for number in range(120):
    s3.put_object(Bucket=bucket, Key=f"{cluster}/object-{number % 60}", Body=b"state")
for number in range(10):
    s3.delete_object(Bucket=bucket, Key=f"{cluster}/object-{number}")
print(json.dumps({"left": left, "kept": kept}))
