// Tell the story with @segment/analytics-node: send.mjs FOLDER URL KEY; prints what went wrong.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [folder, host, writeKey] = process.argv.slice(2)
const { Analytics } = createRequire(`${folder}/`)('@segment/analytics-node')
const story = JSON.parse(readFileSync(new URL('story.json', import.meta.url)))

const analytics = new Analytics({ writeKey, host })
analytics.on('error', ({ code, reason }) => console.log(code, reason?.message ?? reason))
for (const { type, ...call } of story) analytics[type](call)
await analytics.closeAndFlush()
