#!/usr/bin/env bash
# Checks all of Terraform's code without asking AWS anything: format, validity, and every test, the two roots with the
# values of each environment. Works on a copy, so that nothing is left in the tree. Where the pinned provider lies
# unpacked on this machine it is taken from there, else it is downloaded.
# Exit status: 0 clean, 1 something is wrong, 69 Terraform is not installed.
set -euo pipefail

readonly PROVIDER='terraform-provider-aws_v5.100.0*'
readonly ENVIRONMENTS=(staging production)

source_directory=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if ! command -v terraform >/dev/null; then
  echo "terraform is not installed: the Terraform code was not checked" >&2
  exit 69
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A mirror holds HOST/NAMESPACE/aws/VERSION/PLATFORM/executable: five folders above the executable.
find_mirror() {
  local executable
  executable=$(find /opt /usr/share /usr/local/share "${HOME:-/root}/.terraform.d" \
    -path "*/aws/5.100.0/*" -name "$PROVIDER" -print -quit 2>/dev/null || true)
  if [[ -n $executable ]]; then
    realpath "$(dirname "$executable")/../../../../.."
  fi
}

write_cli_configuration() {
  local mirror=$1
  if [[ -n $mirror ]]; then
    printf 'provider_installation {\n  filesystem_mirror {\n    path = "%s"\n  }\n}\n' "$mirror"
  else
    printf 'provider_installation {\n  direct {}\n}\n'
  fi
}

# The tree as it is in the repository: without what belongs to one installation.
copy_tree() {
  tar -C "$source_directory" --exclude=.terraform --exclude='.terraform.lock.hcl' --exclude='*.tfstate*' \
    --exclude='*.tfvars' --exclude=backend.hcl -cf - . | tar -C "$1" -xf -
}

# prepared ROOT: in that folder, ready to be tested.
prepared() {
  cd "$scratch/terraform/$1"
  export TF_DATA_DIR="$scratch/data/$1"
  terraform init -backend=false -input=false -no-color >"$scratch/init.log" 2>&1 || { cat "$scratch/init.log"; exit 1; }
  terraform validate -no-color
}

mirror=$(find_mirror)
write_cli_configuration "$mirror" >"$scratch/terraform.rc"
mkdir "$scratch/terraform"
copy_tree "$scratch/terraform"

# Nothing of the caller's environment: no other configuration, no values, no credentials.
while IFS= read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(TF_|AWS_)' || true)
export TF_CLI_CONFIG_FILE="$scratch/terraform.rc" CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1

failed=()
terraform fmt -check -recursive -diff "$scratch/terraform" || failed+=("format")
for root in modules/private_bucket bootstrap; do
  echo "== $root"
  (prepared "$root" && terraform test -no-color) || failed+=("$root")
done
for environment in "${ENVIRONMENTS[@]}"; do
  for root in lasting server; do
    echo "== $root, $environment"
    # What holds of any server is tested once.
    [[ $root/$environment == server/production ]] && only=(-filter=tests/values.tftest.hcl) || only=()
    [[ $root == server ]] && values="../environments/$environment/terraform.tfvars.example" || values="$environment.tfvars.example"
    (prepared "$root" && TF_WORKSPACE=$environment terraform test -no-color "${only[@]}" \
      -var-file="$values") || failed+=("$root, $environment")
  done
  echo "== environments/$environment"
  (prepared "environments/$environment") || failed+=("environments/$environment")
done

if ((${#failed[@]})); then
  printf 'terraform: failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
