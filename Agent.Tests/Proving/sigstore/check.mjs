// Checks a Sigstore bundle with Sigstore's own verifier: node check.mjs BUNDLE KEY.pem KEYID
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { bundleFromJSON } from '@sigstore/bundle';
import { Verifier, toSignedEntity, toTrustMaterial } from '@sigstore/verify';

const [bundlePath, keyPath, keyId] = process.argv.slice(2);
const bundle = bundleFromJSON(JSON.parse(readFileSync(bundlePath, 'utf8')));
const key = createPublicKey(readFileSync(keyPath, 'utf8'));
const nothing = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
const trust = toTrustMaterial(nothing, { [keyId]: { rawBytes: key.export({ type: 'spki', format: 'der' }), keyDetails: 5, validFor: { start: new Date(0) } } });
const signer = new Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 }).verify(toSignedEntity(bundle));
console.log(`Sigstore holds the bundle for good: ${signer.key.asymmetricKeyType}`);
