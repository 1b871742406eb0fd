import type { Code } from './http-error.ts'
import type { Language } from './language.ts'

type Text = { title: string; detail: string }

/**
 * Every error code with its HTTP status and its text in both languages. A new code without them does not
 * compile.
 */
export const failures: Record<Code, { status: number } & Record<Language, Text>> = {
  validation_failed: failure(
    400,
    ['请求有误', '请求中有字段不符合要求，请按 errors 逐项修改。'],
    ['Invalid request', 'Some fields are not as required; see errors.'],
  ),
  unauthorized: failure(
    401,
    ['未登录', '缺少有效的凭证，或凭证已过期。'],
    ['Not signed in', 'A valid credential is missing or has expired.'],
  ),
  forbidden: failure(
    403,
    ['没有权限', '您的角色不能执行此操作。'],
    ['Not allowed', 'Your role may not do this.'],
  ),
  scope_missing: failure(
    403,
    ['密钥权限不足', '该密钥没有此操作所需的权限。'],
    ['Scope missing', 'The key does not have the scope this needs.'],
  ),
  not_found: failure(404, ['未找到', '请求的内容不存在。'], ['Not found', 'There is nothing here.']),
  method_not_allowed: failure(
    405,
    ['不支持的方法', '该地址不支持此请求方法。'],
    ['Method not allowed', 'This address does not take that method.'],
  ),
  unsupported_media_type: failure(
    415,
    ['不支持的内容类型', '请以 application/json 发送请求体。'],
    ['Unsupported content type', 'Send the body as application/json.'],
  ),
  payload_too_large: failure(
    413,
    ['请求体过大', '请求体超过了大小上限，请拆分后重试。'],
    ['Body too large', 'The body is over the size limit; send it in smaller parts.'],
  ),
  rate_limited: failure(
    429,
    ['请求过于频繁', '请稍后重试。'],
    ['Too many requests', 'Try again in a moment.'],
  ),
  database_unavailable: failure(
    503,
    ['服务暂不可用', '数据库暂时无法连接，请稍后重试。'],
    ['Unavailable', 'The database cannot be reached; try again in a moment.'],
  ),
  database_full: failure(
    503,
    ['暂时无法写入', '数据库没有可用空间，内容未保存；数据仍可正常读取，请稍后重试。'],
    [
      'Nothing can be written',
      'The database has no room to write. Nothing was saved, and everything can still be read; '
        + 'try again later.',
    ],
  ),
  streams_full: failure(
    503,
    ['实时更新暂不可用', '同时打开的实时连接过多，请稍后重试；数据仍可正常读取。'],
    [
      'Live updates unavailable',
      'Too many live connections are open; try again in a moment. Everything can still be read.',
    ],
  ),
  internal_error: failure(
    500,
    ['服务器错误', '服务器出现了意外错误，请凭 requestId 联系支持人员。'],
    ['Server error', 'Something went wrong on our side; quote the requestId to support.'],
  ),

  customer_not_found: failure(
    404,
    ['客户不存在', '没有这个客户。'],
    ['No such customer', 'There is no such customer.'],
  ),
  plan_not_found: failure(
    404,
    ['套餐不存在', '没有这个套餐或套餐版本。'],
    ['No such plan', 'There is no such plan or version.'],
  ),
  meter_not_found: failure(
    404,
    ['计量项不存在', '没有这个计量项。'],
    ['No such meter', 'There is no such meter.'],
  ),
  invoice_not_found: failure(
    404,
    ['账单不存在', '没有这张账单。'],
    ['No such invoice', 'There is no such invoice.'],
  ),
  charge_not_found: failure(
    404,
    ['一次性费用不存在', '该客户没有这项一次性费用。'],
    ['No such charge', 'The customer has no such charge.'],
  ),
  charge_exists: failure(
    409,
    ['一次性费用编号已被使用', '该编号已用于内容不同的一次性费用。'],
    ['Charge exists', 'A charge with this id was made with other content.'],
  ),
  charge_billed: failure(
    409,
    ['费用已出账', '该费用已列入账单，不能撤回；请用贷项凭证冲减该账单。'],
    ['Charge is billed', 'The charge is on an invoice and cannot be withdrawn: credit that invoice instead.'],
  ),
  discount_not_found: failure(
    404,
    ['折扣不存在', '该客户没有这个折扣。'],
    ['No such discount', 'The customer has no such discount.'],
  ),
  grant_not_found: failure(
    404,
    ['资源包不存在', '该客户没有这个资源包。'],
    ['No such grant', 'The customer has no such grant.'],
  ),
  coupon_not_found: failure(
    404,
    ['优惠码无效', '没有这个优惠码，请检查后重新输入。'],
    ['No such coupon', 'There is no such coupon. Check the code.'],
  ),
  event_not_found: failure(
    404,
    ['事件不存在', '没有记录过这个编号的事件。'],
    ['No such event', 'No event with this id was recorded.'],
  ),
  alias_not_found: failure(
    404,
    ['别名不存在', '该客户没有这个别名。'],
    ['No such alias', 'The customer has no such alias.'],
  ),
  payment_not_found: failure(
    404,
    ['付款不存在', '没有这笔付款。'],
    ['No such payment', 'There is no such payment.'],
  ),

  customer_exists: failure(
    409,
    ['客户已存在', '已有使用该编号的客户。'],
    ['Customer exists', 'A customer with this id exists already.'],
  ),
  alias_taken: failure(
    409,
    ['编号已被使用', '该编号已是某个客户的编号或别名。'],
    ['Id taken', 'It is the id or an alias of a customer already.'],
  ),
  subscription_exists: failure(
    409,
    ['订阅已存在', '该客户已有订阅。'],
    ['Subscription exists', 'The customer has a subscription already.'],
  ),
  stale_version: failure(
    409,
    ['内容已被修改', '在您读取之后内容已被他人修改，请刷新后重试。'],
    ['Changed meanwhile', 'It was changed after you read it; read it again and retry.'],
  ),
  period_not_over: failure(
    409,
    ['账期未结束', '该账期还在进行中，结束后才能出账。'],
    ['Period still running', 'The period has not ended yet, so it cannot be invoiced.'],
  ),
  period_not_found: failure(
    404,
    ['账期不存在', '该客户没有这个账期。'],
    ['No such period', 'The customer has no such period.'],
  ),
  event_conflict: failure(
    409,
    ['事件冲突', '相同编号的事件已存在，但内容不同。'],
    ['Event conflict', 'An event with this id exists with other content.'],
  ),
  duplicate_reference: failure(
    409,
    ['付款凭证重复', '该账单已登记过此付款凭证号。'],
    ['Duplicate reference', 'A payment with this reference is on the invoice already.'],
  ),
  payment_reversed: failure(
    409,
    ['付款已撤销', '该账单上使用此凭证号的付款已撤销；新的付款请使用新的凭证号。'],
    [
      'Payment reversed',
      'The payment with this reference was reversed; a new payment needs a reference of its own.',
    ],
  ),
  idempotency_key_reused: failure(
    422,
    ['幂等键已被使用', '该 Idempotency-Key 已用于内容不同的请求。'],
    ['Idempotency key reused', 'This Idempotency-Key was used for a request with another body.'],
  ),
  idempotency_in_progress: failure(
    409,
    ['请求处理中', '使用该 Idempotency-Key 的请求仍在处理，请稍后重试。'],
    ['Still running', 'The request with this Idempotency-Key is still running; try again in a moment.'],
  ),

  not_an_upgrade: failure(
    422,
    ['不是升级', '所选套餐或席位数低于当前订阅，只能作为降级，在计费周期结束时生效。'],
    [
      'Not an upgrade',
      'The chosen plan or seats are below the current ones: they are a downgrade, '
        + 'which takes effect at the end of the billing period.',
    ],
  ),
  not_a_downgrade: failure(
    422,
    ['不是降级', '所选套餐或席位数不低于当前订阅。高于当前订阅的是升级，立即生效。'],
    [
      'Not a downgrade',
      'The chosen plan or seats are not below the current ones. What is above them is an upgrade, '
        + 'which takes effect at once.',
    ],
  ),
  change_blocked: failure(
    422,
    ['暂时不能变更', '当前情况下不能进行此变更。'],
    ['Change blocked', 'The change is not possible as things stand.'],
  ),
  quote_expired: failure(
    409,
    ['报价已过期', '报价已过期，请重新预览。'],
    ['Quote expired', 'The quote has expired; preview again.'],
  ),
  quote_outdated: failure(
    409,
    ['报价已失效', '报价之后情况有变，请重新预览。'],
    ['Quote outdated', 'Things changed after the quote was made; preview again.'],
  ),
  plan_archived: failure(
    422,
    ['套餐已停售', '该套餐已停售，请选择其他套餐。'],
    ['Plan archived', 'The plan is no longer sold; choose another.'],
  ),
  currency_mismatch: failure(
    422,
    ['币种不一致', '套餐的币种与客户的币种不同。'],
    ['Currency mismatch', "The plan's currency is not the customer's."],
  ),
  seats_out_of_range: failure(
    422,
    ['席位数超出范围', '席位数不在该套餐允许的范围内。'],
    ['Seats out of range', 'The plan does not allow this number of seats.'],
  ),
  not_in_trial: failure(
    422,
    ['不在试用期', '该客户当前没有试用。'],
    ['No trial', 'The customer has no trial now.'],
  ),
  no_active_subscription: failure(
    422,
    ['没有有效订阅', '该客户当前没有有效订阅。'],
    ['No active subscription', 'The customer has no active subscription.'],
  ),

  starts_too_early: failure(
    422,
    ['开始时间过早', '订阅的开始时间过早。'],
    ['Starts too early', 'The subscription would start too far in the past.'],
  ),
  starts_in_future: failure(
    422,
    ['开始时间在未来', '订阅的开始时间不能在未来。'],
    ['Starts in the future', 'The subscription cannot start in the future.'],
  ),
  event_too_recent: failure(
    422,
    ['事件不够早', '35 天内的事件不能作为历史用量导入。'],
    ['Event too recent', 'Events of the last 35 days cannot be recorded as history.'],
  ),
  event_too_old: failure(
    422,
    ['事件过旧', '事件时间过早，已不能计入。'],
    ['Event too old', 'The event is too old to be counted.'],
  ),
  event_voided: failure(
    409,
    ['用量已撤销', '该编号的用量已登记并撤销，请用新的编号重新上报。'],
    [
      'Event voided',
      'The usage under this id was recorded and taken back; send what replaces it under another id.',
    ],
  ),
  event_in_future: failure(
    422,
    ['事件在未来', '事件时间晚于当前时间。'],
    ['Event in the future', 'The event is later than now.'],
  ),
  quantity_overflow: failure(
    422,
    ['数量过大', '数量超出可精确表示的范围。'],
    ['Quantity too large', 'The quantity is larger than can be kept exactly.'],
  ),
  quantity_too_precise: failure(
    422,
    ['小数位过多', '数量的小数位多于该计量项的精度。'],
    ['Too many decimals', 'The quantity has more decimals than its meter.'],
  ),
  quantity_negative: failure(
    422,
    ['数量为负', '数量不能为负。'],
    ['Negative quantity', 'The quantity cannot be negative.'],
  ),
  quota_exceeded: failure(
    422,
    ['超出配额', '用量超出了配额，超出部分未计入。'],
    ['Above the quota', 'More was used than the plan allows; the part above is not counted.'],
  ),
  reservation_not_found: failure(
    404,
    ['预留不存在', '没有这笔配额预留，或它已过旧。'],
    ['No such reservation', 'There is no such reservation, or it is too old.'],
  ),
  reservation_closed: failure(
    409,
    ['预留已结束', '这笔配额预留已结算或已释放。'],
    ['Reservation closed', 'The reservation was settled or released before.'],
  ),

  seller_missing: failure(
    409,
    ['未设置销售方', '出账前请先设置销售方信息。'],
    ['Seller missing', 'Set the seller before issuing invoices.'],
  ),
  invoice_void: failure(409, ['账单已作废', '该账单已作废。'], ['Invoice is void', 'The invoice is void.']),
  invoice_not_open: failure(
    409,
    ['账单不可操作', '该账单不是待付款状态。'],
    ['Invoice not open', 'The invoice is not open.'],
  ),
  invoice_is_draft: failure(
    409,
    ['账单尚未出账', '草稿还没有编号，也没有可冲减的金额，请在出账后再操作。'],
    ['Invoice is a draft', 'A draft has no number and nothing to credit: wait until it is issued.'],
  ),
  invoice_credited: failure(
    409,
    ['账单已有贷项凭证', '该账单已有贷项凭证，不能作废；请再开一张贷项凭证冲减余下的金额。'],
    [
      'Invoice has credit notes',
      'The invoice has credit notes, so it cannot be voided: credit what is left of it instead.',
    ],
  ),
  credit_note_final: failure(
    409,
    ['贷项凭证不可更改', '贷项凭证不能作废、付款或再冲减；请对原账单操作。'],
    [
      'Credit note is final',
      'A credit note cannot be voided, paid or credited: turn to the invoice it names.',
    ],
  ),
  credit_already_used: failure(
    409,
    ['余额已退款', '该账单产生的余额已退还给客户，不能作废。'],
    ['Balance already paid out', 'The balance this invoice gave was paid out, so it cannot be voided.'],
  ),
  credit_already_given: failure(
    409,
    ['账单已有部分被退还', '之后的账单已退还该账单的部分金额，请先从最新的一张开始依次作废。'],
    [
      'Given back already',
      'Later documents gave back part of this invoice: void those first, the newest first.',
    ],
  ),
  amount_out_of_range: failure(
    422,
    ['金额超出范围', '金额超出允许的范围。'],
    ['Amount out of range', 'The amount is out of range.'],
  ),

  invalid_time_zone: failure(
    422,
    ['时区无效', '请填写 IANA 时区名，例如 Asia/Shanghai。'],
    ['Invalid time zone', 'Give an IANA time zone name, such as Asia/Shanghai.'],
  ),
  invalid_currency: failure(
    422,
    ['币种无效', '请填写 ISO 4217 币种代码，例如 CNY。'],
    ['Invalid currency', 'Give an ISO 4217 currency code, such as CNY.'],
  ),
  invalid_tax_id: failure(
    422,
    ['统一社会信用代码无效', '请填写有效的统一社会信用代码。'],
    ['Invalid tax ID', 'Give a valid tax ID.'],
  ),
  invalid_logo: failure(
    422,
    ['标志图无效', '该 SVG 无法安全绘制，请简化后或另存为普通 SVG 再试。'],
    ['Invalid logo', 'The SVG cannot be drawn safely: simplify it, or export it as plain SVG.'],
  ),
  invalid_plan: failure(
    422,
    ['套餐无效', '套餐的内容前后不一致。'],
    ['Invalid plan', 'The plan contradicts itself.'],
  ),
  invalid_discount: failure(
    422,
    ['折扣无效', '折扣的数值或日期有误。'],
    ['Invalid discount', 'The value or the dates of the discount are not valid.'],
  ),
  too_many_discounts: failure(
    422,
    ['折扣过多', '该客户的折扣数量已达上限，请先删除已结束的折扣。'],
    [
      'Too many discounts',
      'The customer has as many discounts as there may be: delete one that is over first.',
    ],
  ),
  invalid_charge: failure(
    422,
    ['一次性费用无效', '一次性费用的数量、单价或税率有误。'],
    ['Invalid charge', 'The quantity, the unit amount or the tax of the charge is not valid.'],
  ),
  too_many_charges: failure(
    422,
    ['待出账项过多', '该客户的待出账项已达上限，请先撤回一项，或将这一项立即出账。'],
    [
      'Too many waiting charges',
      'As many charges of the customer wait for an invoice as may: withdraw one, or bill this one now.',
    ],
  ),
  too_many_grants: failure(
    422,
    ['资源包过多', '该客户未结束的资源包数量已达上限，请先作废已用完的资源包。'],
    [
      'Too many grants',
      'The customer has as many grants that are not over as there may be: void those that are used up.',
    ],
  ),
  grant_exists: failure(
    409,
    ['资源包编号已存在', '同一编号的资源包已存在，且内容不同。'],
    ['Grant exists', 'A grant with this id was made before with other content.'],
  ),
  grant_over: failure(
    409,
    ['资源包已结束', '该资源包已到期或已作废，不能再更改，请另建一个。'],
    ['Grant is over', 'The grant has expired or is void and cannot be changed: make another.'],
  ),
  invalid_coupon: failure(
    422,
    ['优惠码设置有误', '优惠码的内容有误。'],
    ['Invalid coupon', 'The coupon is not valid.'],
  ),
  coupon_expired: failure(
    422,
    ['优惠码已过期', '该优惠码已过兑换期限。'],
    ['Coupon expired', 'This coupon can no longer be redeemed.'],
  ),
  coupon_used_up: failure(
    422,
    ['优惠码已领完', '该优惠码的兑换次数已用完。'],
    ['Coupon used up', 'This coupon has been redeemed as often as it may be.'],
  ),
  coupon_not_for_plan: failure(
    422,
    ['优惠码不适用', '该优惠码不适用于此套餐或账户币种。'],
    ['Coupon does not apply', 'This coupon is not for this plan, or not for the currency of the account.'],
  ),
  coupon_already_redeemed: failure(
    422,
    ['优惠码已使用', '您已兑换过该优惠码。'],
    ['Coupon already redeemed', 'You have redeemed this coupon before.'],
  ),
  coupon_first_time_only: failure(
    422,
    ['仅限新客户', '该优惠码仅限从未有过账单的新客户使用。'],
    ['For new customers only', 'This coupon is for customers who have had no invoice yet.'],
  ),
  too_many_aliases: failure(
    422,
    ['别名过多', '一个客户最多有 100 个别名。'],
    ['Too many aliases', 'A customer has at most 100 aliases.'],
  ),
  invalid_meter: failure(
    422,
    ['计量项无效', '计量项的内容有误。'],
    ['Invalid meter', 'The meter is not valid.'],
  ),
  meter_in_use: failure(
    409,
    ['计量项使用中', '该计量项已有用量，不能这样修改。'],
    ['Meter in use', 'The meter has usage already, so this cannot be changed.'],
  ),
  invalid_cursor: failure(
    400,
    ['游标无效', '请使用上一页返回的 nextCursor。'],
    ['Invalid cursor', 'Use the nextCursor of the page before.'],
  ),
  invalid_range: failure(
    400,
    ['范围无效', '结束必须不早于开始，且范围不能过大。'],
    ['Invalid range', 'The end must not be before the start, and the range must not be too long.'],
  ),
  code_invalid: failure(
    401,
    ['登录链接无效', '一次性代码无效、已使用或已过期，请重新打开链接。'],
    ['Code not valid', 'The one-time code is wrong, used or expired; ask for a new link.'],
  ),
  clock_backwards: failure(
    422,
    ['时钟不能倒退', '测试时钟只能向前拨动。'],
    ['Clock goes forward only', 'The test clock can only be moved forward.'],
  ),
  pdf_unavailable: failure(
    503,
    ['PDF 暂不可用', 'PDF 暂时无法生成，请稍后重试。'],
    ['PDF unavailable', 'The PDF cannot be made right now; try again in a moment.'],
  ),
  pdf_too_large: failure(
    422,
    ['账单过长', '该账单行数过多，无法生成 PDF。'],
    ['PDF too large', 'The invoice has too many lines for a PDF.'],
  ),

  login_failed: failure(
    401,
    ['登录失败', '邮箱或密码不正确。'],
    ['Login failed', 'Incorrect email or password.'],
  ),
  agent_not_found: failure(
    404,
    ['坐席不存在', '没有这位坐席。'],
    ['No such agent', 'There is no such agent.'],
  ),
  wrong_password: failure(
    422,
    ['当前密码不正确', '当前密码不正确，密码未修改。'],
    ['Wrong password', 'The current password is not right; it was not changed.'],
  ),
  agent_exists: failure(
    409,
    ['坐席已存在', '该邮箱已被一位坐席使用。'],
    ['Agent exists', 'An agent with this email exists already.'],
  ),

  key_not_found: failure(404, ['密钥不存在', '没有这个密钥。'], ['No such key', 'There is no such key.']),
  key_ended: failure(
    409,
    ['密钥已失效', '该密钥已吊销或已过期，请另建一个。'],
    ['Key has ended', 'The key was revoked or has expired; create another.'],
  ),
  key_limit: failure(
    409,
    ['密钥过多', '可用的密钥已达上限，请先吊销不再使用的密钥。'],
    ['Too many keys', 'There are as many keys as there may be; revoke one that is not used.'],
  ),
  invalid_key: failure(
    422,
    ['密钥设置无效', '密钥的权限、有效期或重叠时间有误。'],
    ['Invalid key', 'The scopes, the expiry or the overlap of the key are not valid.'],
  ),
}

function failure(status: number, zh: [string, string], en: [string, string]) {
  return { status, 'zh-CN': { title: zh[0], detail: zh[1] }, en: { title: en[0], detail: en[1] } }
}
