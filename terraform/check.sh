#!/usr/bin/env bash
# Checks all of Terraform's code without asking AWS anything: format, that the environments differ by values only,
# validity, and every test. Works on a copy, so that nothing is left in the tree. Where the pinned provider lies
# unpacked on this machine it is taken from there, else it is downloaded.
# Exit status: 0 clean, 1 something is wrong, 69 Terraform is not installed.
set -euo pipefail

readonly PROVIDER='terraform-provider-aws_v5.100.0*'
readonly ROOTS=(bootstrap modules/network modules/server modules/dns modules/backup environments/staging environments/production)

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
    --exclude=terraform.tfvars --exclude=backend.hcl --exclude=inventory.yml -cf - . | tar -C "$1" -xf -
}

environments_are_alike() {
  diff -r --exclude='environment.auto.tfvars' "$1/environments/staging" "$1/environments/production"
}

check_root() {
  local root=$1
  export TF_DATA_DIR="$scratch/data/$root"
  (
    cd "$scratch/terraform/$root"
    terraform init -backend=false -input=false -no-color >"$scratch/init.log" 2>&1 || { cat "$scratch/init.log"; exit 1; }
    terraform validate -no-color
    terraform test -no-color
  )
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
environments_are_alike "$scratch/terraform" || failed+=("environments that differ by more than values")
for root in "${ROOTS[@]}"; do
  echo "== $root"
  check_root "$root" || failed+=("$root")
done

if ((${#failed[@]})); then
  printf 'terraform: failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
