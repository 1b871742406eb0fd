import { AjvCompiler, type ValidatorFactory } from '@fastify/ajv-compiler'

interface Validator {
  (value: unknown): unknown
  errors?: unknown
}

const buildValidator = AjvCompiler()
type Parts = Parameters<typeof buildValidator>

/** Ajv, but each schema is compiled when its first value comes: compiling all of them would take a good part of a second of every start. */
export const buildLazyValidator = ((schemas: Parts[0], options: Parts[1]) => {
  const compile = buildValidator(schemas, options) as (route: unknown) => Validator
  return (route: unknown) => {
    let compiled: Validator | undefined
    const validator: Validator = (value) => {
      compiled ??= compile(route)
      const result = compiled(value)
      validator.errors = compiled.errors
      return result
    }
    return validator
  }
}) as ValidatorFactory
