import { BillingError, getCustomer, type Engine } from '@customer-portal/billing'
import type { Database } from '@customer-portal/database'
import { demoAgents, seedWorkbenchDemo } from '@customer-portal/workbench-api'
import type { Settings } from '../environment.ts'
import type { DemoLogin } from '../welcome.ts'
import { replayMonths, type DemoCustomer } from './history.ts'

const customers: DemoCustomer[] = [
  {
    companyName: '杭州青禾生活电子商务有限公司',
    contactName: '林晓',
    email: 'finance@qinghe.example',
    phone: '0571-5678 1234',
    address: '浙江省杭州市上城区庆春路 88 号 12 楼',
    taxId: '91110000802100433B',
    planId: 'team',
    seats: 8,
    monthsBack: 3,
    pace: { customerId: 'test_customer', answersPerWeekday: 104, growthPerMonth: 1.17 },
    charge: {
      id: 'onboarding',
      name: { 'zh-CN': '知识库初始化与培训', en: 'Knowledge base onboarding' },
      unitAmount: 180_000,
    },
  },
  {
    companyName: '深圳南山小铺贸易有限公司',
    contactName: '陈默',
    email: 'chen@xiaopu.example',
    phone: '0755-2345 6789',
    address: '广东省深圳市南山区科技园南路 16 号',
    taxId: '9144030071526726XG',
    planId: 'starter',
    seats: 2,
    monthsBack: 1,
    pace: { customerId: 'near_quota', answersPerWeekday: 14, growthPerMonth: 1 },
    usedThisMonth: 488,
  },
]

/**
 * Fills an empty database with the demo: four plans, `test_customer` with three months of usage and invoices,
 * `near_quota` with little quota left, and the workbench's agents. A customer's whole past is one
 * transaction, so an interrupted start leaves nothing half done.
 */
export async function seedDemo(
  engine: Engine,
  { database, settings, isEmpty }: { database: Database; settings: Settings; isEmpty: boolean },
): Promise<DemoLogin | undefined> {
  if (isEmpty) {
    process.stdout.write(
      'Filling the demo: four plans, two customers, three months of usage and invoices …\n',
    )
    await replayMonths(engine, customers)
  } else if (!(await isDemo(engine))) return undefined
  if (!settings.enableAgentWorkbench) return { customerId: 'test_customer' }
  await seedWorkbenchDemo({ database, engine })
  return {
    customerId: 'test_customer',
    workbench: { email: demoAgents[0].email, password: demoAgents[0].password },
  }
}

/** Whether the database holds the demo: one with other data is left alone. */
async function isDemo(engine: Engine): Promise<boolean> {
  try {
    await getCustomer(engine, { customerId: 'test_customer' })
    return true
  } catch (error) {
    if (error instanceof BillingError && error.code === 'customer_not_found') return false
    throw error
  }
}
