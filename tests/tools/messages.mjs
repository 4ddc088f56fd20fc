// Reads a run's messages as tools do: makes the formatter's page of them, and says how many test cases ended how.
import { readFileSync, writeFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { CucumberHtmlStream } from '@cucumber/html-formatter';
import { Query } from '@cucumber/query';

const [file, page] = process.argv.slice(2);
const envelopes = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const query = new Query();
const stream = new CucumberHtmlStream();
const written = [];
stream.pipe(new Writable({ write(chunk, _, done) { written.push(chunk); done(); } })).on('finish', () => {
  writeFileSync(page, written.join(''));
  const counts = query.countMostSevereTestStepResultStatus();
  const lost = query.findAllTestCaseStarted().filter((one) => !query.findPickleBy(one) || !query.findLineageBy(query.findPickleBy(one)) || !query.findTestCaseFinishedBy(one));
  console.log(JSON.stringify({
    counts, lost: lost.length, pickles: query.findAllPickles().length, attachments: query.findAllTestCaseStarted().flatMap((one) => query.findTestStepFinishedAndTestStepBy(one)).flatMap(([finished]) => query.findAttachmentsBy(finished)).length,
  }));
});
for (const envelope of envelopes) {
  query.update(envelope);
  stream.write(envelope);
}
stream.end();
