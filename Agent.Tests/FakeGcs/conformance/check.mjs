// Drives the stand-in with Google's own Node client. Usage: node check.mjs http://127.0.0.1:PORT
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Storage } from '@google-cloud/storage';

const storage = new Storage({ apiEndpoint: process.argv[2], projectId: 'fake-project', retryOptions: { autoRetry: false } });
const create = { resumable: false, validation: 'crc32c', preconditionOpts: { ifGenerationMatch: 0 } };
const name = 'v1/chunks/date=2026-11-22/a b+c%2F#ü.ndjson.gz';
const bytes = randomBytes(300_000);

async function refused(code, reason, act) {
  await assert.rejects(act, error => {
    assert.equal(error.code, code, error.message);
    assert.equal(error.errors?.[0]?.reason, reason, error.message);
    return true;
  });
}

const steps = {
  async 'create a bucket with retention'() {
    const [bucket] = await storage.createBucket('conformance', { retentionPolicy: { retentionPeriod: '3600' } });
    assert.equal(bucket.metadata.retentionPolicy.retentionPeriod, '3600');
    await refused(409, 'conflict', () => storage.createBucket('conformance'));
  },
  async 'lock it'() {
    const bucket = storage.bucket('conformance');
    const [metadata] = await bucket.getMetadata();
    await refused(412, 'conditionNotMet', () => bucket.lock(Number(metadata.metageneration) + 1));
    await bucket.lock(metadata.metageneration);
    assert.equal((await bucket.getMetadata())[0].retentionPolicy.isLocked, true);
    await refused(403, 'forbidden', () => bucket.setRetentionPeriod(60));
    await refused(403, 'retentionPolicyNotMet', () => bucket.removeRetentionPeriod());
    await bucket.setRetentionPeriod(7200);
  },
  async 'upload'() {
    const file = storage.bucket('conformance').file(name);
    await file.save(bytes, { ...create, contentType: 'application/gzip', metadata: { metadata: { 'chunk-sha256': 'abc' } } });
    assert.equal(file.metadata.size, String(bytes.length));
    assert.equal(file.metadata.metadata['chunk-sha256'], 'abc');
    assert.ok(Date.parse(file.metadata.retentionExpirationTime) > Date.now());
  },
  async 'be refused on overwrite and delete'() {
    const file = storage.bucket('conformance').file(name);
    await refused(412, 'conditionNotMet', () => file.save('other', create));
    await refused(403, 'retentionPolicyNotMet', () => file.save('other', { resumable: false }));
    await refused(403, 'retentionPolicyNotMet', () => file.delete());
  },
  async 'upload in pieces, and be refused only at the last'() {
    const file = storage.bucket('conformance').file('resumable');
    await file.save(bytes, { resumable: true, chunkSize: 256 * 1024, preconditionOpts: { ifGenerationMatch: 0 } });
    assert.equal((await file.getMetadata())[0].size, String(bytes.length));
    const again = () => file.save(bytes, { resumable: true, preconditionOpts: { ifGenerationMatch: 0 } });
    await assert.rejects(again, error => [error.code, error.status].includes(412));
  },
  async 'list'() {
    const bucket = storage.bucket('conformance');
    for (const letter of ['b', 'a', 'c'])
      await bucket.file(`list/${letter}/x`).save(letter, create);
    const names = [];
    for (let query = { prefix: 'list/', maxResults: 2, autoPaginate: false }; query;) {
      const [files, next] = await bucket.getFiles(query);
      names.push(files.map(file => file.name));
      query = next;
    }

    assert.deepEqual(names, [['list/a/x', 'list/b/x'], ['list/c/x']]);
    const [, , response] = await bucket.getFiles({ prefix: 'list/', delimiter: '/', autoPaginate: false });
    assert.deepEqual(response.prefixes, ['list/a/', 'list/b/', 'list/c/']);
  },
  async 'read back'() {
    const file = storage.bucket('conformance').file(name);
    const [whole] = await file.download({ validation: 'crc32c' });
    assert.ok(whole.equals(bytes));
    const [part] = await file.download({ start: 100, end: 199, validation: false });
    assert.ok(part.equals(bytes.subarray(100, 200)));
    await refused(404, 'notFound', () => storage.bucket('conformance').file('absent').getMetadata());
  },
  async 'hold and release'() {
    const [bucket] = await storage.createBucket('holds');
    const file = bucket.file('held');
    await file.save('x', create);
    await file.setMetadata({ temporaryHold: true });
    await refused(403, 'forbidden', () => file.delete());
    await file.setMetadata({ temporaryHold: false });
    await file.delete();
    assert.deepEqual(await file.exists(), [false]);
    await bucket.delete();
  },
};

for (const [step, run] of Object.entries(steps)) {
  try {
    await run();
    console.log(`ok   ${step}`);
  } catch (error) {
    console.log(`FAIL ${step}`);
    console.log(error);
    process.exitCode = 1;
  }
}
