// Holds every YAML document on standard input against the JSON schemas that kubernetes-models generates from Kubernetes' own API and from the Prometheus
// operator's resource definitions: types, enumerations, what is required, and no member that a schema does not name. Arguments: kinds that nobody publishes
// a schema of, which are named and passed over.
import { readFileSync } from 'node:fs';
import yaml from 'js-yaml';

const passedOver = new Set(process.argv.slice(2));

async function modelOf({ apiVersion, kind }) {
  for (const name of ['kubernetes-models', '@kubernetes-models/prometheus-operator']) {
    try {
      const model = (await import(`${name}/${apiVersion}`))[kind];
      if (model) return model;
    } catch (error) {
      if (error.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
    }
  }
  return undefined;
}

// The schemas let unknown members pass, but their generated code never asks for one: what was not asked for is unknown.
function watched(value, path, unasked) {
  if (value === null || typeof value !== 'object') return value;
  const inner = Array.isArray(value) ? value.map((item, i) => watched(item, `${path}[${i}]`, unasked))
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, watched(item, `${path}.${key}`, unasked)]));
  if (Array.isArray(value)) return inner;
  for (const key of Object.keys(inner)) unasked.add(`${path}.${key}`);
  return new Proxy(inner, {
    get(target, key) {
      unasked.delete(`${path}.${String(key)}`);
      return target[key];
    },
  });
}

let failed = 0;
const valid = {};
for (const document of yaml.loadAll(readFileSync(0, 'utf8'))) {
  if (!document) continue;
  const what = `${document.apiVersion}/${document.kind}`;
  const Model = await modelOf(document);
  const complaints = [];
  if (!Model && passedOver.has(what)) console.log(`not checked: ${what}, of which no schema is published`);
  else if (!Model) complaints.push('there is no such resource');
  else {
    const unasked = new Set();
    const model = new Model(document);
    for (const key of Object.keys(model)) if (!['apiVersion', 'kind'].includes(key)) model[key] = watched(model[key], key, unasked);
    try {
      model.validate();
      complaints.push(...[...unasked].map((path) => `${path} is unknown`));
    } catch (error) {
      complaints.push(error.message);
    }
    if (complaints.length === 0) valid[what] = (valid[what] ?? 0) + 1;
  }
  for (const complaint of complaints) console.log(`INVALID: ${what} ${document.metadata?.name}: ${complaint}`);
  failed += complaints.length;
}
for (const [what, count] of Object.entries(valid)) console.log(`valid: ${what} (${count})`);
process.exit(failed || Object.keys(valid).length === 0 ? 1 : 0);
