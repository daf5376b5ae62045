#!/usr/bin/env bash
# Moves an installation that was made before the roots "lasting" and "server" (README.md says when) into their states.
# Nothing of the cloud is touched: names in states change, and the address's place on the interface is noted anew.
#   ENVIRONMENT=production ./move_state.sh old.tfstate
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
old=$(realpath "${1:?the state that was pulled}")
: "${ENVIRONMENT:?staging or production}"

# new_name NAME: where a resource of before belongs, as "ROOT NAME".
new_name() {
  case $1 in
    module.server.aws_eip.server) echo lasting aws_eip.server ;;
    module.backup.aws_s3_bucket*) echo lasting "module.backup_bucket.$(sed -E 's/^module\.backup\.//; s/\.backup(\[0\])?$/.this\1/' <<<"$1")" ;;
    module.backup.aws_iam_role.pruner* | module.backup.aws_iam_role_policy.pruner*) echo lasting "${1#module.backup.}" ;;
    module.dns*) echo server "$(sed -E 's/^module\.dns\[0\]\.//' <<<"$1")[0]" ;;
    *) echo server "$(sed -E 's/^module\.[a-z]+\.//' <<<"$1")" ;;
  esac
}

cp "$old" left.tfstate
rm -f lasting.tfstate server.tfstate
while IFS= read -r name; do
  [[ $name != *data.* ]] || continue
  read -r root moved < <(new_name "$name")
  terraform state mv -state=left.tfstate -state-out="$root.tfstate" "$name" "$moved"
done < <(terraform state list -state=left.tfstate)

for root in lasting server; do
  folder=$root
  [[ $root == lasting ]] || folder=environments/$ENVIRONMENT
  terraform -chdir="$folder" workspace select -or-create "$ENVIRONMENT"
  terraform -chdir="$folder" state push "$PWD/$root.tfstate"
done
echo "Moved. See that nothing is destroyed: terraform plan -var-file=$ENVIRONMENT.tfvars in lasting, terraform plan in $folder."
