/** The Chinese of the customer's API texts, keyed by the English. A test fails for a missing one. */
export const chinese: Record<string, string> = {
  'The coupons that were redeemed': '列出兑换过的优惠码',
  'Redeem a coupon': '兑换优惠码',
  'It lowers the periods that begin from today on. To lower a first invoice, or that of a change, give `coupon` with it. After 10 wrong codes the answer is 429 `rate_limited` for some minutes.':
    '从今天起开始的周期享受折扣。如需抵扣首张账单或变更账单，请在提交时提供 `coupon`。连续输错 10 次后，几分钟内返回 429 `rate_limited`。',
  account: '账户',
  "The customer's details and invoice title": '客户资料与发票抬头',
  'The account': '查看账户',
  'With the balance, and the `version` that a change must name.': '包括余额，以及修改时须写明的 `version`。',
  'Change the account': '修改账户',
  '`version` is the one you read; a stale one is refused.': '`version` 为您读取时的版本；版本过旧会被拒绝。',
  'The transactions of the balance, newest first': '列出余额明细，最新的在前',
  'One-off charges, newest first': '列出一次性费用，最新的在前',
  'What waits for the next invoice, what is on an invoice, and what was withdrawn. `nextInvoice.charges` of the subscription has those that wait, with their tax.':
    '包括待出账、已出账和已撤回的费用。订阅的 `nextInvoice.charges` 列出待出账的费用及其税率。',
  subscription: '订阅',
  'The plan, the plans on sale, and changing it': '当前套餐、在售套餐与变更',
  'The subscription': '查看订阅',
  'Subscribe to a plan': '订阅套餐',
  'Without a subscription, or once it has ended. The first invoice is issued at once, unless the plan begins with a trial and the customer had none.':
    '用于没有订阅或订阅已结束时。立即生成第一张账单；套餐带试用且客户未试用过的除外。',
  'The plans on sale': '列出在售套餐',
  '`relation` says how each stands to the current one.': '`relation` 表示各套餐相对于当前套餐的关系。',
  'The meters that the plans charge for': '这些套餐收费的计量项',
  'What the last period would have cost on every plan': '比较上一周期在各套餐下的费用',
  'The usage of the last period that is over, rated on each plan on sale as an invoice would rate it, and where the running period is heading, with how far off such a forecast was before.':
    '用出账的规则，把上一个已结束周期的用量在每个在售套餐上重算一遍；并给出当前周期的走势，以及以往同样预测的误差。',
  'The period that was rated, the last one that is over; null where there is none yet':
    '重算的周期，即最近一个已结束的周期；还没有时为 null',
  'Where there is none yet: the date from which there will be': '还没有时：从哪一天起会有',
  'What the period would have cost on one plan. A fee for longer than a month counts with its days in the period.':
    '该周期在某个套餐下的费用。长于一个月的套餐费按周期内的天数计。',
  'Compared with the plan of now: negative is less': '与当前套餐相比：负数为更低',
  '`overagePolicy: null`: the plan has no charge for this meter':
    '`overagePolicy: null`：套餐不对该计量项收费',
  'The date in the running period on which the allowance is used up at the pace of now, also one that is over; null where it lasts':
    '按目前的速度，可用量在当前周期的哪一天用完，已过去的日期也给出；用不完为 null',
  'What brings fee and usage to its minimum spend': '补足该套餐最低消费的金额',
  'What the running period has come to on it so far: a whole fee and the usage, its minimum spend at least, before discounts and tax':
    '当前周期至今在该套餐下的费用：完整的套餐费加用量费，不低于最低消费，未计折扣和税',
  'Features of the plan of now that it does not have': '当前套餐有而该套餐没有的功能',
  'Whether all that was used would have been possible on it with the seats of now, and what is used now still is to the end of the running period':
    '以目前的席位数，该套餐是否容得下全部用量，并容得下现在到周期结束时的用量',
  'The cheapest plan that fits and takes no feature away, a setup fee still due included, and what it would have saved (negative: cost more)':
    '适合且不减少功能的最便宜的套餐（计入仍需支付的开通费），以及本可节省的金额（负数为多花费）',
  'The usage of the period so far goes on to its end in a straight line. `tried` is what the same would have said at the end of the same day (the one before `day`) of earlier periods.':
    '按直线把周期至今的用量推算到周期结束。`tried` 是在以往周期的同一天（`day` 的前一天）结束时用同样方法得到的预测。',
  'The date on which it was used up; null where it was not': '用完的日期；没有用完为 null',
  'The mean of |forecast − actual| ÷ actual over `tried`: 100 are 1 %. null: there is nothing to compare with':
    '`tried` 中 |forecast − actual| ÷ actual 的平均值：100 即 1 %。null：没有可比较的周期',
  'The last whole periods, at most three, newest first': '最近几个完整的周期，最多三个，最新的在前',
  'Move to a higher plan or more seats now': '立即升级套餐或增加席位',
  'One of equal rank and price waits for the end of the usage period.':
    '等级和价格相同的套餐在用量周期结束时生效。',
  'Move to a lower plan or fewer seats at the end of the billing period':
    '在计费周期结束时降级套餐或减少席位',
  'One of equal rank and price at the end of the usage period. Takes the place of what was scheduled here before; until then nothing changes.':
    '等级和价格相同的套餐在用量周期结束时生效。替换此前在此安排的变更；在此之前一切不变。',
  'Undo the scheduled change': '撤销已安排的变更',
  'Without one nothing changes. What the vendor scheduled stays.':
    '没有时不做任何改变。销售方安排的变更保留。',
  'End the subscription at the end of the billing period': '在计费周期结束时取消订阅',
  'Until then nothing changes and it can be resumed. Takes the place of a scheduled change.':
    '在此之前一切不变，并可恢复。替换已安排的变更。',
  'Take the cancellation back': '撤销取消',
  'What was used': '使用情况',
  'The usage of a period': '查看某个周期的用量',
  'The current period when none is named.': '不指定时为当前周期。',
  'The usage of some days, day by day': '按天查看用量',
  'Of the current period when no dates are given, and of at most 92 days (400 `invalid_range`). Days to come are not listed.':
    '不指定日期时为当前周期，最多 92 天（超出返回 400 `invalid_range`）。未来的日期不列出。',
  'The last date, itself in': '最后一天，包含在内',
  'The first date that can have usage': '可能有用量的第一天',
  '`groupBy`: the properties it is broken down by. `fee`: what these days add to the fees for usage, before discounts and tax':
    '`groupBy`：可按哪些属性细分。`fee`：这些天增加的用量费，未计折扣和税',
  'By meter; the `usage` of one that takes the last value is what it stands at, also on days without a report. The `fees` of a period’s days add up to what its usage costs; where a price falls with the quantity, a day may take something off':
    '按计量项给出；取最新值的计量项，其 `usage` 为当天的值，没有上报的日期也如此。一个周期各天的 `fees` 之和等于其用量费；单价随数量下降时，某一天可能为负',
  'What of the `usage` is history, which costs nothing. Absent where there is none':
    '`usage` 中的历史用量，不收费。没有时不出现',
  '`none`: events without the property; `rest`: all but the 20 most used. Both have an empty `value`. `daily` has a number for each of the `days`':
    '`none`：没有该属性的事件；`rest`：用得最多的 20 个以外的全部。两者的 `value` 均为空。`daily` 与 `days` 一一对应',
  'What the usage of a period comes to, line by line': '逐行查看某个周期的用量费',
  'As the invoice of the period would say it, rated by the same rules on what is known now, before discounts and tax; of the current period when none is named. Each line comes with its tiers and with what each date added.':
    '与该周期账单的写法和计算规则相同，按目前已知的用量，未计折扣和税；不指定时为当前周期。每行附阶梯以及每天增加的金额。',
  'The meter and the first date: the same for as long as the period can be asked for':
    '计量项与第一天：在该周期可查询期间保持不变',
  'Usage in a trial is never billed': '试用期的用量从不计费',
  'What each date added; the amounts add up to the line’s. Where a price falls with the quantity, a date may take something off. Days to come are not listed':
    '每天增加的数量；金额之和等于该行的金额。单价随数量下降时，某一天可能为负。未来的日期不列出',
  'Twelve months of amount and usage by meter, with what changed': '按月查看十二个月的金额与用量及其变化',
  'The last usage periods of the subscriptions there were. None where there was no subscription.':
    '各订阅最近的用量周期。没有订阅的时间不列出。',
  'At most twelve, the oldest first, the running one last': '最多十二个，最早的在前，当前周期在最后',
  'It is not over: what is told of it is so far': '尚未结束：数据截至目前',
  'The plan’s fee for its dates as the invoices have it, less what changes gave back, and a setup fee in the month it is of; one of more than a month counts with its days':
    '套餐在这些日期的费用，以账单为准，减去变更时退还的部分，开通费计入其所在月份；长于一个月的按天数计',
  'Fee and usage together': '套餐费与用量费之和',
  'As the summary of the period has them': '与该周期的汇总一致',
  'How much more there was than in the month before; less is negative. null: there was no month before':
    '比上个月多出的部分；减少为负。null：没有上个月',
  'Usage events, newest first': '列出用量事件，最新的在前',
  'Those that were taken back are among them, and say so. By a property, or an id of long ago, at most 92 days are searched at once (400 `invalid_range`).':
    '已撤销的事件也在其中并注明。按属性或较早的编号查询时，一次最多 92 天（超出返回 400 `invalid_range`）。',
  'A local date (the end is inclusive) or an instant': '当地日期（包含结束日期），或时间',
  'The event with exactly this id': '编号与此完全相同的事件',
  'A property; with `value`: the events in which it has this value':
    '属性名；与 `value` 一起：该属性为此值的事件',
  '`true` adds how many events there are on all pages': '`true`：另给出所有页的事件总数',
  'Whether no plan charges for it: there is none on its date, or none that has its meter, or it came after the end':
    '是否没有套餐对其收费：当天没有套餐、套餐不含该计量项，或在结束之后到达',
  'Where asked for: the events on all pages. At most 100,000 are counted; `isLeast` where there are more':
    '按要求给出：所有页的事件数。最多统计 100,000 个；更多时 `isLeast` 为 true',
  'Usage events as a file, newest first': '导出用量事件，最新的在前',
  'Written while it is read: CSV (UTF-8 with BOM; text that a spreadsheet would compute begins with an apostrophe) or XLSX, headed in the language of the session, with times of the customer’s clock. Those the filter chooses, as in the list of events. At most 366 days (by id or property 92) and 1,000,000 events (400 `invalid_range`), and four of a customer at the same time (429). Whoever takes nothing of it for 30 seconds is let go.':
    '边读边写：CSV（UTF-8 带 BOM；会被表格软件当作公式的文本前加单引号）或 XLSX，表头使用会话的语言，时间为客户时区。内容与事件列表的筛选相同。'
    + '最多 366 天（按编号或属性 92 天）和 1,000,000 个事件（超出返回 400 `invalid_range`），每位客户可同时导出四个（超出返回 429）。'
    + '30 秒内未读取任何内容的连接会被断开。',
  'Usage that was reported but not counted, newest first, with the reason':
    '列出已上报但未计入的用量及原因，最新的在前',
  'Kept for 100 days.': '保留 100 天。',
  'Why it was not counted, in a sentence': '未计入的原因，一句话',
  'Usage that was reported after its period was billed, the last reported first, with what became of it':
    '列出出账之后上报的用量及处理结果，最后上报的在前',
  'An issued invoice never changes: the next one counts it. Those stored in the last 100 days.':
    '已出账的账单从不改变，由下一张账单计入。只列出最近 100 天存储的。',
  'What became of it, in a sentence': '处理结果，一句话',
  'The current usage as it moves': '实时接收当前用量',
  'Server-sent events, read with the token in the header (so by fetch rather than EventSource). The database is asked every 2 seconds, once for all who look at a customer, and something is sent only when it has changed. A customer may have 20 streams (429 `rate_limited`), the server 1000 (503 `streams_full`).':
    'Server-sent events，凭证放在请求头中（因此用 fetch，而非 EventSource）。每 2 秒查询一次数据库，同一客户的所有查看者共用一次查询，只在有变化时发送。'
    + '每位客户最多 20 个实时连接（超出返回 429 `rate_limited`），服务器最多 1000 个（超出返回 503 `streams_full`）。',
  'Server-sent events. `usage`: a UsageSummary of the current period, as GET /usage answers it. `subscription`: a Subscription, as GET /subscription answers it. Both come at the start and whenever they have changed. `end`: `{"reason":"expired" | "signed_out" | "closing" | "failed"}`, the last event. Comments keep the connection alive.':
    'Server-sent events。`usage`：当前周期的 UsageSummary，与 GET /usage 相同。`subscription`：Subscription，'
    + '与 GET /subscription 相同。两者在连接开始时和每次变化时发送。`end`：`{"reason":"expired" | "signed_out" | "closing" | '
    + '"failed"}`，最后一个事件。注释行用于保持连接。',
  billing: '账单',
  'Invoices and their PDF': '账单及其 PDF',
  'Invoices, newest first': '列出账单，最新的在前',
  'What the invoices come to': '汇总账单',
  'How many there are, and what is due and overdue of them, by currency: of all, or of those of the filter. At most 100,000 (400 `invalid_range`).':
    '账单的数量，以及其中待付款和逾期的数量与金额，按币种给出：全部账单，或筛选出的账单。最多统计 100,000 张（超出返回 400 `invalid_range`）。',
  'Invoices as a file, newest first': '导出账单，最新的在前',
  'CSV (UTF-8 with BOM; text that a spreadsheet would compute begins with an apostrophe), headed in the language of the session, amounts in whole currency units, dates of the customer’s calendar. At most 2,000 invoices (400 `invalid_range`).':
    'CSV（UTF-8 带 BOM；会被表格软件当作公式的文本前加单引号），表头使用会话的语言，金额以元等货币单位计，日期为客户时区。最多 2,000 张账单（超出返回 400 `invalid_range`）。',
  'The usage events behind a line': '列出账单行背后的用量事件',
  'Of a meter that adds up or counts, their quantities come to that of the line.':
    '对于求和或计数的计量项，其数量之和等于该行的数量。',
  'Who is signed in': '查看当前会话',
  'The customer, the role and the person that the token stands for.': '凭证所代表的客户、角色和使用者。',
  'What became of a command': '查看请求的处理结果',
  'For whoever lost the answer to a call with an `Idempotency-Key`: 404 where it has not been done (or is still running). Kept for 48 hours.':
    '用于丢失了带 `Idempotency-Key` 请求的响应时：尚未执行（或仍在执行）时返回 404。保留 48 小时。',
  'What became of the command that was sent with this `Idempotency-Key`; sending it again gives the whole answer':
    '以此 `Idempotency-Key` 发送的请求的处理结果；重新发送可得到完整的响应',
  'Why it was refused': '被拒绝的原因',
  'A new token by the renewal cookie': '用续期 Cookie 换取新的凭证',
  'Only for a portal that stands alone; an embedded one is renewed by its host. A browser has one cookie: the token is of the link opened last in it, so compare `customerId`.':
    '仅用于独立打开的控制台；嵌入的控制台由其宿主页面续期。一个浏览器只有一个续期 Cookie：凭证属于最后打开的链接，请核对 `customerId`。',
  'Sign out': '退出登录',
  'Ends the session and its tokens, and takes the renewal cookie back.':
    '结束会话及其凭证，并清除续期 Cookie。',
  'The setup fee this customer would owe: 0 once they had one, or paid for this plan':
    '该客户还需支付的开通费；已收过开通费或已付费用过该套餐的为 0',
  'The days of trial this customer would begin it with: 0 with a subscription, or once they had one':
    '该客户订阅时可试用的天数：已有订阅或已试用过为 0',
  "Customer's API": '客户 API',
  'What the portal shows and does for the customer whose token the call carries. Amounts are minor units, such as cents; instants are UTC.':
    '控制台为凭证所属的客户展示和执行的全部内容。金额为最小货币单位（分），时间为 UTC。',
  'The token of a portal session, 15 minutes': '控制台会话的凭证，有效期 15 分钟',
  'Set by the exchange of a one-time code': '由兑换一次性代码设置',
  'Grants: units beside what the plan includes, the newest first': '列出资源包，最新的在前',
  'With what is left of each, and until when. A line of usage says how many units grants covered.':
    '附各自的剩余数量和到期日。用量明细行会写明由资源包抵扣的数量。',
}
