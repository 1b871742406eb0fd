/** The Chinese of the texts that the APIs share, keyed by the English. */
export const chinese: Record<string, string> = {
  'fixed: minor units for each billing period (`fee`) or usage period (`usage`, `all`) that begins while it holds; percent: a decimal string such as "12.5", above 0 and at most 100':
    'fixed：在有效期内开始的每个计费周期（`fee`）或用量周期（`usage`、`all`）减去的最小货币单位；percent：十进制文本，例如 "12.5"，大于 0，最大 100',
  'The last date on which it holds': '有效期的最后一天',
  'A code as it was typed: its case, spaces and full-width characters do not matter':
    '输入的优惠码，不区分大小写、空格和全角字符',
  'In how many periods it takes its amount, the first that begins on the date of the redemption or later: 1 is once, `null` for ever. A period is the billing period (`fee`) or the usage period':
    '抵扣多少个周期，从兑换当日或之后开始的第一个周期算起：1 为一次，`null` 为长期有效。`fee` 按计费周期，其余按用量周期',
  'The most a percentage takes of a period, in minor units; less by days in a short one':
    '百分比在每个周期最多抵扣的金额（最小货币单位），不足一个周期时按天折算',
  'The plans whose lines it lowers; `null`: all': '适用的套餐，`null` 为全部套餐',
  'Of a redeemed coupon: its terms at that time': '由优惠码兑换而来时，兑换时的条款',
  'What it became; `null` where that was taken away': '兑换后生成的折扣，已被删除时为 `null`',
  'How many of its periods have not begun; `null` where it holds for ever':
    '尚未开始的抵扣周期数，长期有效时为 `null`',
  'The newest first, the latest 100.': '最新的在前，最多 100 条。',
  'Letters, digits and _ . : -': '字母、数字以及 _ . : -',
  'The same key with the same body is done once, and answered the same again for 48 hours':
    '同一键加同一请求体只执行一次，48 小时内返回同样的结果',
  'English for one of them': '数量为一时的英文单位',
  'What events come to: the sum of their quantities, their number, the largest, the latest (of equal times the last by id), or how many different values `uniqueBy` took':
    '事件如何汇总：数量之和、事件个数、最大值、最新值（时间相同时取编号最后的一个），或 `uniqueBy` 属性不同取值的个数',
  'With `unique`: the property whose different values are counted; an event without it is rejected':
    '用于 `unique`：按哪个属性的不同取值计数；没有该属性的事件会被拒绝',
  'With `last`: a value stands until another is reported, also over the ends of periods':
    '用于 `last`：一个值在上报新值之前一直有效，跨周期也如此',
  'With `sum` or `count`: the properties by whose values usage is broken down':
    '用于 `sum` 或 `count`：按哪些属性的取值细分用量',
  'It reads every event of this type, beside those that name it':
    '除了指明该计量项的事件，还读取此类型的所有事件',
  'The property its quantity stands in; where an event lacks it, its `quantity` counts':
    '从哪个属性取数量；事件没有该属性时取其 `quantity`',
  'Of the events of its type only those whose properties have these values are read':
    '在该类型的事件中，只读取属性等于这些值的事件',
  'What is counted in: `en` for many (answers), `one` for one (answer)':
    '计数单位：`en` 用于多个（answers），`one` 用于一个（answer）',
  'After a change: which characters of it an invoice cannot show': '修改之后：其中账单无法显示的字符',
  'An SVG document, printed at the top of the invoice': 'SVG 文档，印在账单顶部',
  'The colour of headings and of the amount due on the invoice; darkened where white could not be read on it':
    '账单标题和待付金额的颜色；白字在其上看不清时会自动加深',
  'ISO 4217': 'ISO 4217 币种代码',
  'Percent as a decimal string: "6" is 6 %': '以十进制文本表示的百分数："6" 即 6 %',
  'Days from the issue of the invoice until it is due: the customer’s own, or those of the plan':
    '账单出账到付款期限的天数：客户自己的账期，否则按套餐',
  'Days from the issue of an invoice until it is due; `null`: those of the plan':
    '账单出账到付款期限的天数；`null` 表示按套餐的规定',
  'The customer’s purchase order, printed on documents issued from then on; `null`: none':
    '客户的采购订单号，印在此后出具的账单上；`null` 表示没有',
  'The customer’s purchase order, as of the issue; absent where they gave none':
    '出账时客户的采购订单号；没有时不含此字段',
  'null: the plan knows no seats': 'null：该套餐不按席位计',
  'Minor units, such as cents': '最小货币单位（分）',
  "One part; the parts add up. Without `kind`, a tier: its upper bound in units above the allowance, the units that fell in it, the rate, the flat fee, and what they come to. The rate of a `package` is its amount for its size, that of a `percentage` its basis points for 10,000; `minimum` is what it adds, `maximum` what it takes; `prorated` takes off a level what its price for a month is for the days of the month that are not the line's; `gross` is what is given back of a price, and `taken_off` what discounts and credit notes had taken off it already; `base` and `seats` are the parts of a fee that has both; `minimum_spend` is what fee and usage come to at least, `spent` what they came to of it, and `billed_before` what an earlier invoice billed of the difference":
    '计算的一步；各步相加即为总额。没有 `kind` 的是一个阶梯：包含量以上的上限、落在其中的数量、单价、固定费用及其金额。`package` 的单价是每包的金额与数量，'
    + '`percentage` 的单价是每 10,000 的基点数；`minimum` 是补足的金额，`maximum` 是减去的金额；'
    + '`prorated` 从存量中扣除当月不属于该行的天数所对应的月价；`gross` 是退还的原价，`taken_off` 是其中折扣和贷项凭证先前已减去的部分；`base` 和 `seats` 是套餐费中按订阅和按席位的两部分；`minimum_spend` 是最低消费，`spent` 是其中已由套餐费和用量费达到的部分，`billed_before` 是先前账单已补收的部分',
  'What fee and usage of each usage period (a month, also on a yearly plan) come to at least, in minor units before discounts and tax: what is missing is billed with the usage; days of a plan have their share; 0: none':
    '每个用量周期（一个月，年付套餐也如此）套餐费与用量费合计的最低金额，最小货币单位，不计折扣和税：不足的部分与用量一起出账；只用了部分天数的按天数折算；0 表示没有',
  'Minor units, due once per customer with the first fee (after a trial), also over several plans and subscriptions; 0: none':
    '最小货币单位；每个客户只收一次，与首期套餐费一起收（有试用的在试用之后），换套餐或再次订阅都不再收；0 表示没有',
  'Of a billing period: `base` for the subscription and `perSeat` for each seat. `amount` and `per` say the same where there is only one of them; where there are both, `amount` is what the fewest seats cost':
    '一个计费周期的费用：`base` 按订阅计，`perSeat` 按席位计。只有其中一项时，`amount` 和 `per` 表示同样的内容；两项都有时，`amount` 是最少席位数的费用',
  '`base` for the subscription and `perSeat` for each seat, one of which may be absent; or `amount` and `per`, the short form of a fee with only one part':
    '`base` 按订阅计，`perSeat` 按席位计，可以只给其中一项；也可以用简写形式 `amount` 和 `per` 表示只有一部分的费用',
  '`amount` minor units for `per` units': '每 `per` 个单位 `amount`（最小货币单位）',
  'As the vendor calls the customer: printable characters of any script, percent-encoded in paths; not `.` or `..`, no control or direction characters':
    '您系统中的客户编号：任意文字的可见字符，在路径中需百分号编码；不能是 `.` 或 `..`，不能含控制字符或方向控制符',
  'nextCursor of the page before': '上一页返回的 nextCursor',
  'Each with the balance after it.': '每笔附其后的余额。',
  '`negative_total`: an invoice gave more back than it charged; `applied`: an invoice used it when it was issued; `applied_to_invoice`: it paid an open invoice; `application_undone`: that was taken back, and the invoice is due again; `overpaid`: a payment beyond what was due; `payment_reversed`: that payment was reversed; `void`: what a void invoice used or gave; `credit_note`: what a note left over; `refund`: paid back; `adjustment`: put right by the vendor; `charged`: what could not be taken back, since it was paid out, and is due by a charge':
    '`negative_total`：账单退还的多于收取的；`applied`：账单生成时使用；`applied_to_invoice`：支付了一张待付款的账单；'
    + '`application_undone`：该笔支付已收回，账单重新待付；`overpaid`：付款超出待付金额的部分；`payment_reversed`：该笔付款已撤销；`void`：'
    + '作废账单用去或产生的余额；`credit_note`：贷项凭证冲减后的余额；`refund`：已退款；`adjustment`：由销售方调整；`charged`：已退还给客户而无法收回的部分，'
    + '改为收费',
  'RFC 3339, UTC': 'RFC 3339 时间，UTC',
  'The reference of the payment or refund, or why the balance was adjusted':
    '付款或退款的凭证号，或调整余额的原因',
  'What may be used in the current usage period: the sum of what its plans include by the days on each, the current one counted to the end; `null` is unlimited. `remaining` is `allowance` and `granted` less `used`, `deficit` and `reserved`: no more than that can be consumed now':
    '当前用量周期内可用的数量：各套餐的包含量按其天数相加，当前套餐算到周期结束；`null` 表示不限量。`remaining` 是 `allowance` 加 `granted`，减去 `used`、`deficit` '
    + '和 `reserved`：现在最多只能再用这么多',
  'Used ahead in earlier usage periods, whose allowance ended lower: counts as used in this one':
    '之前的用量周期提前用掉、后来可用量降低的部分：计为本周期的已用量',
  'What grants add: what they cover of what is used, and what they have left today':
    '资源包增加的数量：已抵扣的用量与今天还可抵扣的数量之和',
  'What grants add: what they cover of `used` and `reserved`, and what they have left today':
    '资源包增加的数量：已抵扣的 `used` 和 `reserved` 与今天还可抵扣的数量之和',
  'Units above the included ones that grants covered, at no cost; absent where none':
    '超出包含量且由资源包抵扣的数量，不收费；没有时不返回',
  '`drawn` + `left` + `expired` + `voided`': '`drawn` + `left` + `expired` + `voided` 之和',
  'By what was used so far; what open reservations hold is not in it':
    '目前的用量所抵扣的数量；不含未结束的预留所占的数量',
  'The last date on which it is drawn; null: none': '最后可抵扣的日期；null 表示不到期',
  'Its last date before and after, with the reason; it holds from the next date':
    '更改前后的到期日及原因；从次日起生效',
  'What each date drew, the last first; at most 400 dates': '各日期抵扣的数量，最近的在前；最多 400 天',
  'Held back by open reservations': '未结束的预留所占的数量',
  'Used beyond what the period allows and not billed, and so a `deficit` of the next periods, if nothing more is used in this one; mostly 0':
    '超出本周期可用量且不计费的部分，若本周期不再使用，将成为之后周期的 `deficit`；通常为 0',
  'When it ended; access stopped then': '结束的时间，访问随即停止',
  'start inclusive, end exclusive': '包含开始，不包含结束',
  "A date in the customer's time zone, YYYY-MM-DD": '客户时区的日期，YYYY-MM-DD',
  'The local month a period starts in, YYYY-MM (a second start in that month: YYYY-MM-DD), from 1900 on':
    '周期开始的当地月份，YYYY-MM（同一月份第二次开始时为 YYYY-MM-DD），自 1900 年起',
  'The days left of the trial, today among them': '试用剩余的天数，含今天',
  'The date it ends on, and who ends it': '结束的日期，以及由谁结束',
  "Who asked for it: what the vendor scheduled is not the customer's to take back":
    '由谁提出：销售方安排的变更，客户不能撤销',
  'What the customer scheduled, or else what the vendor did': '客户安排的变更；没有时为销售方安排的变更',
  'Both, in the order of their dates': '双方的安排，按日期排列',
  'With the usage so far: the draft that waits for its hour, a void document that is made again with the midnight after, or the invoice that comes if nothing more is used. `estimatedDue` is what of it is to be paid once the balance is applied. `usageAt`: where there is nothing to bill for the running usage period so far and the next fee is later, the date on which what is still used is billed':
    '按目前的用量计算：等待出账的草稿、午夜后重新生成的作废账单，或不再使用时将会生成的账单。`estimatedDue` 是扣除余额后的待付金额。`usageAt`：'
    + '当前用量周期目前没有可计费的用量、而下一笔套餐费更晚时，之后用量的计费日期',
  'What was dropped, kept or done beside what was asked; `invoice_issued` names each invoice that was issued beside the one in `invoice`, `allowance_deficit` each meter of which what is used already counts in the next periods':
    '请求之外取消、保留或执行的事项；除 `invoice` 中的账单外，`invoice_issued` 列出其他已生成的账单，`allowance_deficit` 列出用量已计入之后周期的计量项',
  'As of now; `status: none` where there never was one.': '当前的状态；从未订阅时 `status` 为 none。',
  'What a change, or a first subscription, would cost': '变更套餐或首次订阅的费用',
  'Confirming with `quoteId` is billed as shown, to the cent.':
    '用 `quoteId` 确认时，按所示金额计费，分毫不差。',
  'The one-off charges that wait for it; absent where there are none':
    '等待计入该账单的一次性费用；没有时不出现',
  'Before tax is added; with it where it is inside': '未加税的金额；价内含税时为含税金额',
  'The one-off charge that a line of kind `charge` bills': '`charge` 行对应的一次性费用',
  'Minor units for one': '单价，最小货币单位',
  '`quantity` × `unitAmount`; tax is added on the invoice unless it is inside':
    '`quantity` × `unitAmount`；税额在账单上另加，已含税的除外',
  'null: that of the plan at the time it is billed': 'null 表示采用出账时所用套餐的设置',
  'What made it: the vendor by hand (`id` null), or what has the id':
    '来源：销售方手动创建（`id` 为 null），或该编号所指的对象',
  '`waiting`: on no invoice yet, or its invoice was voided; `billed`: on an invoice that is not void; `withdrawn`: it is never billed':
    '`waiting`：待出账，或其所在的账单已作废；`billed`：已列入未作废的账单；`withdrawn`：已撤回，不再出账',
  'Its invoice; that of a withdrawn charge is void': '所在的账单；已撤回的费用，其账单已作废',
  'seats or 1 for a fee; units used for usage': '套餐费为席位数或 1；用量费为使用的数量',
  'What discounts took off the amount; absent where nothing': '折扣减去的金额；没有时不出现',
  'Where a fee is prorated: the days billed, of the days in the period':
    '按天折算的套餐费：计费天数与周期总天数',
  'What one discount took off the document': '一项折扣在该账单上减去的金额',
  '`base`: without the tax, in both modes': '`base`：两种计税方式下均为不含税金额',
  'As it will be once this is confirmed; `null` where none will come':
    '确认之后的下一张账单；不再有账单时为 `null`',
  'What remains of each allowance right after the change; where that is 0, `warnings` says so, and what counts in the next periods (`allowance_deficit`)':
    '变更后各可用量立即剩余的数量；为 0 时 `warnings` 会说明，并说明计入之后周期的数量（`allowance_deficit`）',
  'What confirming drops or keeps of what is scheduled; `invoice_will_be_issued` for each invoice it issues beside the one that is previewed':
    '确认后会取消或保留哪些已安排的变更；除预览的账单外，每张将会生成的账单有一项 `invoice_will_be_issued`',
  'Until the subscription has ended. Without a cancellation nothing changes.':
    '在订阅结束之前可用。未取消时不做任何改变。',
  'Minor units': '最小货币单位',
  usage: '用量',
  'As text: `5`, `true`, `web`': '以文本表示：`5`、`true`、`web`',
  'Taken back: it counts no more': '已撤销：不再计数',
  'Recorded as history: it counts for no quota and no invoice': '作为历史用量记录：不占配额，也不计费',
  'Came after the instant at which the subscription was ended at once, on that date: it counts for no quota and no invoice':
    '在立即结束订阅的当天、结束之后到达：不占配额，也不计费',
  'A property: adds `groups`, what was used by its values': '属性名：增加 `groups`，按该属性的取值给出用量',
  'Newest first, at most 24: the periods that can be asked for': '可查询的周期，最新的在前，最多 24 个',
  'Of the whole period. `included` is what may be used in all, by the days on each plan; `remaining` is what is left of it and of grants (reservations are not taken off). `overagePolicy: null`: the plan has no charge for this meter.':
    '整个周期的数据。`included` 是按各套餐的天数计算的全部可用量；`remaining` 是其中和资源包剩余的部分（未扣除预留）。`overagePolicy: null`：套餐不对该计量项收费。',
  'What history alone comes to: it is in `used`, and in none of the other figures':
    '仅历史用量：计入 `used`，不计入其他数字',
  'What came after the subscription was ended at once, on that date: nobody is charged for it, and it is in none of the other figures':
    '立即结束订阅的当天、结束之后到达的用量：不向任何人收费，也不计入其他数字',
  'What takes the last value is what it stands at, also on days without a report':
    '取最新值的计量项给出当前的值，没有上报的日期也如此',
  'By the values of the property asked for, the most used first; they add up to what was used':
    '按所选属性的取值给出用量，用得最多的在前；相加等于总用量',
  '`none`: events without the property; `rest`: all values but the first 100 of a month. Both have an empty `value`':
    '`none`：没有该属性的事件；`rest`：每月前 100 个取值以外的全部。两者的 `value` 均为空',
  'Used ahead in earlier usage periods: counts as used in this one':
    '之前的用量周期提前用掉的部分：计为本周期的已用量',
  'Sums over all documents of the filter, by currency: not of a page. A draft is not issued yet and not in them':
    '筛选出的全部账单按币种合计，不限于一页。草稿尚未出账，不计入',
  'Of the oldest document: since when there are any': '最早一张账单的时间：从何时起有账单',
  'Of `open`, those past their due date': '`open` 之中已过付款期限的',
  'Of the documents that are not void; what gives money back counts as less':
    '未作废账单的合计；退还的金额计为负数',
  'When the next open invoice that is not overdue falls due': '下一张尚未逾期的待付款账单的付款期限',
  'A draft that waits for its hour comes before them.': '等待出账的草稿排在最前。',
  'One invoice': '查看账单',
  'A draft too, with the usage so far.': '草稿也可查看，按目前的用量计算。',
  'The invoice as PDF': '下载账单 PDF',
  'Drafts and void documents are marked as such.': '草稿和已作废的账单会有标记。',
  'null while it is a draft': '草稿没有编号，为 null',
  'The dates its fee and its usage are of: a renewal bills the fee of the period that begins and the usage of the one that ended. `null` where it bills none':
    '套餐费和用量各属于哪些日期：续费账单收取新周期的套餐费和上一周期的用量费。没有收取的为 `null`',
  'By the terms, counted from its issue; where it was paid and is due again, from then. `null` where there is nothing to pay: of a void document, a credit note, a total that is not above zero or that the balance paid':
    '按付款条件从出账时起算；付清后又重新待付的，从那时起算。无需付款时为 `null`：已作废、贷项凭证、总额不大于零，或已由余额付清',
  'When a draft is issued': '草稿出账的时间',
  'Of the payments that were not reversed': '未撤销的付款合计',
  'What the balance paid of it after its issue; below zero where balance applied at its issue was taken back':
    '出账后由余额支付的金额；出账时使用的余额被收回时为负',
  'What credit notes took off the amount due': '贷项凭证从待付金额中减去的部分',
  'What it gave into the balance: a total below zero, of a credit note less what it took off its invoice, and what was paid beyond the amount due':
    '计入余额的金额：负的总额，贷项凭证冲减账单后余下的部分，以及超出待付金额的付款',
  'Oldest first': '最早的在前',
  'On a credit note: what was paid back of it, oldest first': '贷项凭证上：已退款的部分，最早的在前',
  'On a credit note made with `refund`: what still waits to be paid back':
    '带 `refund` 的贷项凭证上：仍待退款的金额',
  'The credit notes on it, oldest first': '针对该账单的贷项凭证，最早的在前',
  'On a credit note: the invoice it gives back. Its own lines, taxes and total are negative':
    '贷项凭证上：它所冲减的账单。贷项凭证自身的行、税额和总额均为负',
  "What it took off the invoice's amount due; the rest became balance":
    '从账单待付金额中减去的部分；其余计入余额',
  'Present and true where the rest waits to be paid back instead of paying invoices':
    '其余金额等待退款而不支付其他账单时，出现且为 true',
  'SHA-256 of the canonical JSON of the issued document': '已出账账单规范化 JSON 的 SHA-256',
  'SHA-256 of the PDF, once it has been rendered': 'PDF 生成后的 SHA-256',
  '`included: null` is unlimited. `price` rates the units above `included`; it is required where overage is billed. `minimum` (also at zero usage) and `maximum` bound what a usage period comes to; part of a period has its share of them.':
    '`included: null` 表示不限量。`price` 是 `included` 以上部分的价格；超出用量计费时必填。'
    + '`minimum`（用量为零时也适用）和 `maximum` 是一个用量周期费用的下限和上限；不足一个周期时按比例折算。',
  'Whether `included` is for the subscription (unless said otherwise) or for each seat, which needs a fee per seat':
    '`included` 属于整个订阅（默认），还是属于每个席位（套餐费须按席位收取）',
  'What a change to this higher plan gives in the running usage period: the share of the days left (unless said otherwise), or with `full` the whole allowance less all use of the period; both lines of the change then run from its first day':
    '升级到该套餐时，当前用量周期给予的可用量：按剩余天数折算（默认），或 `full` 给予全部包含量并减去周期内的全部用量；此时变更的两行均从周期第一天算起',
  'Each unit at the rate of the tier it falls in': '每个单位按其所在阶梯的单价计费',
  'Every unit at the rate of the tier the last one falls in': '所有单位按最后一个单位所在阶梯的单价计费',
  '`amount` for each `size` units started': '每满或不足 `size` 个单位计 `amount`',
  'Of a meter that counts minor units: 290 basis points are 2.9 %; `perEvent` for each event, where nothing is included':
    '用于以最小货币单位计数的计量项：290 个基点为 2.9 %；没有包含量时，`perEvent` 按每个事件收取',
  'What of it was beyond the amount due and became balance, taken back where it was reversed':
    '其中超出待付金额而计入余额的部分；付款撤销时收回',
  'When it was reversed: since then it pays nothing': '撤销的时间：此后不再计为付款',
  session: '会话',
}
