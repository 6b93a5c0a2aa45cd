#!/usr/bin/env bash
# @balena/odata-parser 4.3.5: `or` and `and` have the same rank in $filter, so `a or b and c` is read as `(a or b) and c`.
#
# Behaviour:  operators without brackets are taken from left to right. OData (4.01, URL conventions, "Operator Precedence") ranks `and`
#             above `or`. An enum literal, Ns.Enum'VALUE', is taken for the name of a field.
# Output:     a eq 1 or b eq 2 and c eq 3 => and(or(a,b),c)
#             a eq 1 or (b eq 2 and c eq 3) => or(a,and(b,c))
#             status eq Prism.Config.TaskStatus'RUNNING' => field Prism.Config.TaskStatus'RUNNING'
# One expects the rank of the standard, which is also that of every other query language with these words.
# It hurts:   servers and test doubles of OData interfaces, such as Prism Central's v4 API, that read filters with it: a list
#             comes back with entities missing, and nothing says that the filter was read otherwise.
# Here:       src/simulator/v4/listing reads filters by itself: test/simulator/v4/listing/filter.test.ts.
#
# Exit code: 0 while the library does this, 1 when not, 2 when it could not be tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @balena/odata-parser@4.3.5 || exit 2

cat >read.js <<'JS'
const { parse } = require('@balena/odata-parser');
const shown = (node) => {
  if (!Array.isArray(node)) return node.name ?? '?';
  const [operator, ...operands] = node;
  if (operator !== 'eq') return `${operator}(${operands.map(shown).join(',')})`;
  return operands[1].name === undefined ? operands[0].name : `field ${operands[1].name}`;
};
for (const filter of process.argv.slice(2)) {
  const { tree } = parse(`/vms?$filter=${filter}`);
  console.log(`${filter} => ${shown(tree.options.$filter)}`);
}
JS
output=$(node read.js 'a eq 1 or b eq 2 and c eq 3' 'a eq 1 or (b eq 2 and c eq 3)' "status eq Prism.Config.TaskStatus'RUNNING'")
printf '%s\n' "$output"
expected="a eq 1 or b eq 2 and c eq 3 => and(or(a,b),c)
a eq 1 or (b eq 2 and c eq 3) => or(a,and(b,c))
status eq Prism.Config.TaskStatus'RUNNING' => field Prism.Config.TaskStatus'RUNNING'"
if [[ $output != "$expected" ]]; then
  echo "odata-parser-precedence: it behaves otherwise now" >&2
  exit 1
fi
