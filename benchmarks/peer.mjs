// The reference implementation at work, one JSON line in, one out.
//
//   {"prepare": NAME, "work": WORK, ...inputs}   -> {"prepared": NAME}
//   {"result": NAME}                             -> {"result": value}
//   {"time": NAME, "iterations": N}              -> {"seconds": number}
//   {..., "in_flight": N}                           so many at once, where the work waits for others
//
// Each work is what its pipeline does for one event (destination-kit: onSubscription, Action.execute).

import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

// It logs to standard output, which is the channel here.
for (const level of ['log', 'info', 'debug', 'warn']) console[level] = console.error

const require = createRequire(import.meta.url)
const {
  Destination,
  fieldsToJsonSchema,
  transform,
  validateSchema,
} = require('@segment/actions-core')
const { parseFql, validate } = require('@segment/destination-subscriptions')
// A step of its pipeline that the package does not export.
const { removeEmptyValues } = require(
  join(dirname(require.resolve('@segment/actions-core')), 'remove-empty-values.js')
)

const matches = (trigger, event) => validate(parseFql(trigger), event)

// Its destinations are long-lived: the schema is built once and the validator cached by a key.
const payloads = ({ mapping, fields, action }) => {
  const schema = fieldsToJsonSchema(fields)
  const options = { schemaKey: `Loops (Actions):${action}`, exempt: ['dynamicAuthSettings'] }
  return (event) => {
    const payload = removeEmptyValues(transform(mapping, event), schema, true)
    validateSchema(payload, schema, options)
    return payload
  }
}

const positions = (items, holds) => {
  const found = []
  items.forEach((item, index) => {
    if (holds(item)) found.push(index)
  })
  return found
}

const mapAndValidate = (inputs) => {
  const payload = payloads(inputs)
  return () => payload(inputs.event)
}

// Its whole pipeline, with its request client: Loops' sendEvent at another URL.
const deliver = ({ trigger, mapping, fields, action, event, url }) => {
  const destination = new Destination({
    name: 'Loops (Actions)',
    mode: 'cloud',
    authentication: {
      scheme: 'custom',
      fields: { apiKey: { label: 'API Key', type: 'password', required: true } },
    },
    extendRequest: ({ settings }) => ({
      headers: { Authorization: `Bearer ${settings.apiKey}` },
    }),
    actions: {
      sendEvent: {
        title: action,
        fields,
        perform: (request, { payload }) => request(url, { method: 'post', json: payload }),
      },
    },
  })
  const subscription = { partnerAction: 'sendEvent', subscribe: trigger, mapping }
  const settings = { apiKey: 'key', subscriptions: [subscription] }
  const text = JSON.stringify(event)
  return () => destination.onEvent(JSON.parse(text), settings)
}

const works = {
  deliver,
  trigger: ({ trigger, event }) => () => matches(trigger, event),
  'trigger, parsed once': ({ trigger, event }) => {
    const tree = parseFql(trigger)
    return () => validate(tree, event)
  },
  mapping: ({ mapping, event }) => () => transform(mapping, event),
  payload: mapAndValidate,
  alike: mapAndValidate,
  all: (inputs) => {
    const payload = payloads(inputs)
    const text = JSON.stringify(inputs.event)
    return () => {
      const event = JSON.parse(text)
      return matches(inputs.trigger, event) ? payload(event) : null
    }
  },
  match: ({ triggers, event }) => () => positions(triggers, (trigger) => matches(trigger, event)),
  'match, parsed once': ({ triggers, event }) => {
    const trees = triggers.map((trigger) => parseFql(trigger))
    return () => positions(trees, (tree) => validate(tree, event))
  },
}

const prepared = new Map()
let kept // so that no result is dead code

const since = (start) => Number(process.hrtime.bigint() - start) / 1e9

const timed = (run, iterations) => {
  const start = process.hrtime.bigint()
  for (let i = 0; i < iterations; i++) kept = run()
  return since(start)
}

const timedTogether = async (run, iterations, inFlight) => {
  let left = iterations
  const work = async () => {
    while (left-- > 0) kept = await run()
  }
  const start = process.hrtime.bigint()
  await Promise.all(Array.from({ length: inFlight }, work))
  return since(start)
}

const answers = {
  prepare: ({ prepare, work, ...inputs }) => {
    prepared.set(prepare, works[work](inputs))
    return { prepared: prepare }
  },
  result: async ({ result }) => ({ result: await prepared.get(result)() }),
  time: async ({ time, iterations, in_flight: inFlight }) => {
    const run = prepared.get(time)
    return {
      seconds: inFlight ? await timedTogether(run, iterations, inFlight) : timed(run, iterations),
    }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line)
  const verb = Object.keys(answers).find((name) => name in message)
  process.stdout.write(JSON.stringify(await answers[verb](message)) + '\n')
}
