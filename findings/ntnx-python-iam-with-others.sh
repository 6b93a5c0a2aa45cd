#!/usr/bin/env bash
# ntnx-iam-py-client 4.0.1, the newest on PyPI, cannot be installed beside any other of Nutanix's v4 SDKs of 2025 and 2026.
#
# Behaviour:  it wants certifi <=2023.11.17; ntnx-vmm-py-client 4.3.2 (and prism, volumes, networking, clustermgmt of
#             their newest releases) wants certifi >=2024.7.4. No release satisfies both, and pip gives up.
# Output:     ResolutionImpossible, and the two ranges
# One expects that the SDKs of one API, by one vendor, can be used in one program; iam is where a VM's owner and the
#             rights of an account are looked up.
# It hurts:   programs that need users or roles beside VMs: a second environment, SDKs of v4.0 for everything, or
#             `--no-deps` with one's own list of what they need.
# Here:       test/interop/v4-sdk/requirements/overrides.in, and `--no-deps` in scripts/python-sdks.sh.
#
# Wants Python 3.10 or newer with venv. Exit code: 0 while they exclude each other, 1 when not, 2 when it could not be
# tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tried || exit 2
if tried/bin/python -m pip install --dry-run --quiet --disable-pip-version-check \
  ntnx-iam-py-client==4.0.1 ntnx-vmm-py-client==4.3.2 >pip.log 2>&1; then
  echo "ntnx-python-iam-with-others: pip finds a way now" >&2
  exit 1
fi
grep -o -m 1 ResolutionImpossible pip.log || { cat pip.log >&2; exit 2; }
for package in ntnx-iam-py-client==4.0.1 ntnx-vmm-py-client==4.3.2; do
  tried/bin/python -m pip install --quiet --disable-pip-version-check --no-deps "$package" || exit 2
done
tried/bin/python -c 'from importlib.metadata import requires
for name in ("ntnx-iam-py-client", "ntnx-vmm-py-client"):
    print(name, *[wanted for wanted in requires(name) if wanted.startswith("certifi")])'
