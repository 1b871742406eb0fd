import ts from 'typescript'

/** The same types, with `Invoice` for each `components['schemas']['Invoice']`. */
export function withNames<T extends ts.Node>(node: T): T {
  const named = (each: ts.Node): ts.Node =>
    ts.isIndexedAccessTypeNode(each) && ts.isLiteralTypeNode(each.indexType)
      ? ts.factory.createTypeReferenceNode((each.indexType.literal as ts.StringLiteral).text)
      : ts.visitEachChild(each, named, undefined)
  return named(node) as T
}

/** A field of an object's type. */
export interface Member {
  node: ts.PropertySignature
  type: ts.TypeNode
}

/** The interface of this name. */
export function declared(nodes: readonly ts.Node[], name: string): ts.InterfaceDeclaration | undefined {
  return nodes.find(
    (node): node is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(node) && node.name.text === name,
  )
}

/** The fields of an interface or of an object's type, by their names. */
export function membersOf(type: ts.InterfaceDeclaration | ts.TypeNode | undefined): Map<string, Member> {
  if (!type || !(ts.isInterfaceDeclaration(type) || ts.isTypeLiteralNode(type))) return new Map()
  return new Map(
    [...type.members]
      .filter(ts.isPropertySignature)
      .map((node) => [
        (node.name as ts.Identifier | ts.StringLiteral | ts.NumericLiteral).text,
        { node, type: node.type! },
      ]),
  )
}

/** The field at the end of this path of names. */
export function memberAt(type: ts.TypeNode | undefined, ...names: string[]): Member | undefined {
  const [name = '', ...rest] = names
  const member = membersOf(type).get(name)
  return rest.length > 0 ? memberAt(member?.type, ...rest) : member
}

/** Whether null is one of the types. */
export const mayBeNull = (type: ts.TypeNode) =>
  ts.isUnionTypeNode(type)
  && type.types.some((each) => ts.isLiteralTypeNode(each) && each.literal.kind === ts.SyntaxKind.NullKeyword)

/** `export type Invoice = …`, with the field's comment. */
export function exportedType(name: string, { node, type }: Member): ts.Node {
  const exported = [ts.factory.createModifier(ts.SyntaxKind.ExportKeyword)]
  return ts.setSyntheticLeadingComments(
    ts.factory.createTypeAliasDeclaration(exported, name, undefined, type),
    ts.getSyntheticLeadingComments(node),
  )
}
