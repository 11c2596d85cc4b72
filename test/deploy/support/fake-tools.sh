#!/bin/bash
# Tools in a world without a cloud: what they are told to make is a file, and what they are asked is answered by those.
tool=${0##*/}
has() { [ -e "$WORLD/made/$1" ]; }
case "$tool $*" in
  'aws --version') echo 'aws-cli/2.30.0 Python/3.13' ;;
  'kops version'*) echo 'Client version: 1.36.2' ;;
  'helm version'*) echo 'v4.2.3+g43e8b7f' ;;
  'kubectl version --client'*) echo '{"clientVersion": {"gitVersion": "v1.36.3"}}' ;;
  'kubectl version'*) echo '{"serverVersion": {"major": "1", "minor": "36", "gitVersion": "v1.36.3"}}' ;;
  'kubectl auth can-i'*) echo yes ;;
  'kubectl get --raw /readyz'*) if has unreachable; then exit 1; else echo ok; fi ;;

  'aws sts '*) echo '{"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/ada"}' ;;
  'aws ec2 describe-availability-zones '*)
    echo '{"AvailabilityZones": [{"ZoneName": "eu-west-1a", "State": "available"}, {"ZoneName": "eu-west-1b", "State": "available"}]}' ;;
  'aws ec2 describe-instance-type-offerings '*)
    echo '{"InstanceTypeOfferings": [{"InstanceType": "t3.large", "Location": "eu-west-1a"}, {"InstanceType": "t3.medium", "Location": "eu-west-1a"}]}' ;;
  'aws ec2 describe-instance-types '*)
    echo '{"InstanceTypes": [{"InstanceType": "t3.large", "VCpuInfo": {"DefaultVCpus": 2}}, {"InstanceType": "t3.medium", "VCpuInfo": {"DefaultVCpus": 2}}]}' ;;
  'aws service-quotas '*) echo '{"Quota": {"Value": 32}}' ;;
  'aws s3api head-bucket '*) if has bucket; then echo '{}'; else echo 'An error occurred (404) when calling the HeadBucket operation: Not Found' >&2; exit 254; fi ;;
  'aws s3api create-bucket '*) touch "$WORLD/made/bucket" ;;
  'aws s3api get-'*) if has "${2#get-}"; then cat "$WORLD/made/${2#get-}"; fi ;;
  'aws s3api put-bucket-versioning '*) echo '{"Status": "Enabled"}' >"$WORLD/made/bucket-versioning" ;;
  'aws s3api put-bucket-encryption '*) echo "{\"ServerSideEncryptionConfiguration\": $8}" >"$WORLD/made/bucket-encryption" ;;
  'aws s3api put-public-access-block '*) echo "{\"PublicAccessBlockConfiguration\": $8}" >"$WORLD/made/public-access-block" ;;
  'aws s3api list-objects-v2 '*) echo '{"Contents": [{"Key": "demo.k8s.local/config"}, {"Key": "other.k8s.local/config"}]}' ;;
  'aws elb '*) echo '{"LoadBalancerDescriptions": []}' ;;
  'aws elbv2 '*) echo '{"LoadBalancers": []}' ;;
  'aws ec2 describe-volumes '*) echo '{"Volumes": []}' ;;
  'aws ec2 describe-addresses '*) echo '{"Addresses": []}' ;;
  'aws ec2 describe-instances '*) echo '{"Reservations": [{"Instances": [{"InstanceType": "t3.large", "PublicIpAddress": "203.0.113.7"}]}]}' ;;

  'kops get cluster '*) if has cluster; then echo '{}'; else echo "Error: cluster not found \"$3\"" >&2; exit 1; fi ;;
  'kops create cluster '*) touch "$WORLD/made/cluster" ;;
  'kops update cluster '*) echo 'I1125 23:12:49.983835    4389 executor.go:111] Tasks: 0 done / 92 total; 40 can run' >&2 ;;
  'kops validate cluster '*)
    printf '{"failures":[{"type":"Node","name":"i-1","message":"m"}],"nodes":[{"name":"i-0","status":"True"}]}'
    printf '{"nodes":[{"name":"i-0","status":"True"},{"name":"i-1","status":"True"}]}'
    echo 'I1125 23:12:49.983835    4389 validate_cluster.go:254] (will retry): cluster passed validation 1 consecutive times' >&2 ;;
  'kops export kubeconfig '*) ;;
  'kops delete cluster '*)
    echo 'TYPE NAME ID'
    case " $* " in *' --yes '*) rm -f "$WORLD/made/cluster" ;; *) echo 'Must specify --yes to delete cluster' ;; esac ;;

  'helm get metadata '*)
    if has release; then cat "$WORLD/made/release"; else echo 'Error: release: not found' >&2; exit 1; fi ;;
  'helm upgrade '*)
    chart=tilework
    case " $* " in *' --repo '*) chart=dask ;; esac
    echo "{\"chart\": \"$chart\", \"version\": \"0.1.0\", \"revision\": 1, \"status\": \"deployed\"}" >"$WORLD/made/release" ;;
  'helm uninstall '*) rm -f "$WORLD/made/release" ;;
  'kubectl get deployments,services,pods '*) cat "$WORLD/objects.json" ;;
  'kubectl get services '*)
    echo '{"items": [{"metadata": {"name": "web", "namespace": "other"}, "spec": {"type": "LoadBalancer"}}, {"metadata": {"name": "kubernetes", "namespace": "default"}, "spec": {"type": "ClusterIP"}}]}' ;;
  'kubectl get persistentvolumeclaims '*) echo '{"items": [{"metadata": {"name": "data", "namespace": "other"}, "spec": {}}]}' ;;
  'kubectl get secret '*) cat "$WORLD/secret.json" ;;
  'kubectl port-forward '*)
    trap 'rm "$WORLD/made/forwarding.$$"; exit 0' TERM INT
    touch "$WORLD/made/forwarding.$$"
    for word in "$@"; do case "$word" in *:*) echo "Forwarding from 127.0.0.1:${word%%:*} -> ${word##*:}" ;; esac; done
    while sleep 0.1; do if has gone; then rm "$WORLD/made/gone"; exit 1; fi; done ;;
  'kubectl scale '* | 'kubectl rollout '* | 'kubectl delete '* | 'kubectl wait '*) ;;
  *) echo "nobody knows how to answer: $tool $*" >&2; exit 64 ;;
esac
