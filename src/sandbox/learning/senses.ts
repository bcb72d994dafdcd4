import { stems, terms } from './words.ts';

/**
 * What an untrained model knows of English already: words that people use for nearly the same thing, a family a line.
 * Everyday life, shops, travel, work and software; nothing of any one data set.
 */
const families = `
	buy bought purchase order acquire
	sell sold sale seller
	return returned back refund bring
	refund reimburse repay money cash
	send sent ship shipping shipment post postage mail dispatch forward
	give gave given hand pass
	parcel package packet box carton delivery shipment
	deliver delivery arrive arrival come came reach receive received
	courier carrier driver postman mailman
	cancel stop withdraw undo revoke abort
	change modify alter edit adjust amend
	correct fix rectify resolve solve
	swap exchange switch replace replacement substitute instead
	break broke broken damage crack smash shatter chip split splinter pieces
	scratch dent mark stain spot
	loose wobble wobbly shaky
	fault faulty defect defective dead fail failure malfunction crash
	work function run operate
	missing lack absent lose lost gone vanish disappear
	incomplete half partial
	wrong incorrect mistake mistaken error false typo misspelt
	late delay overdue slow wait ages
	hold postpone delay pause later
	cheap expensive price cost fee rate tariff
	discount reduction coupon promo rebate
	voucher gift card
	invoice bill receipt
	pay paid payment charge debit
	bank transfer wire
	double twice duplicate
	decline refuse reject deny
	allow permit may possible
	account profile login
	register registration signup
	password credentials login log
	email mail inbox message e-mail letter
	newsletter subscribe unsubscribe mailing
	delete erase remove wipe
	data personal gdpr privacy
	repair mend fix restore
	warranty guarantee cover claim
	insurance insure cover
	expire expiry valid validity
	clean wash dishwasher rinse scrub
	rust rusty corrosion
	limescale descale scale crust
	recommend suggest advise advice suggestion
	compare difference versus
	person human somebody someone agent staff
	robot bot machine automatic
	stock available availability
	gift present birthday wedding christmas anniversary
	wrap packaging packing
	address street house home postcode move moved flat
	customs duty import
	vat tax
	country abroad foreign overseas
	pickup collect fetch
	fast quick urgent hurry express tomorrow asap
	weekend saturday sunday
	holiday vacation travel trip away
	merge join combine unite
	hack fraud steal stolen scam suspicious
	shop store branch showroom
	visit come see
	sharp sharpen blunt dull
	pot pan saucepan skillet casserole
	cup mug glass
	plate dish bowl
	die died death dead deceased funeral passed
	angry annoyed upset furious fed worst useless terrible awful
	unused sealed unopened untouched
	used worn second-hand secondhand
	guest anonymous
	name surname
	company business firm office employer
	student pupil teacher school university
	hot heat warm temperature degrees burn burnt
	cold cool freeze frozen
	begin began start beginner
	end finish finished complete done
	big large huge
	small little tiny
	child kid son daughter
	mother father parent mum mom dad
	husband wife spouse partner
	friend neighbour neighbor colleague
	ill sick hospital illness doctor
	smell stink odour odor
	stick stuck sticky glue cling
	leak drip spill
	wet damp soaked rain water moist
	noise noisy loud sound
	wood wooden timber
	seal gasket ring
	track tracking trace follow where
	find found locate search
	secret hide hidden
	add extra additional
	forget forgot forgotten
	ask question enquiry inquiry
	answer reply respond response
	call phone telephone ring
	talk speak spoke chat conversation
	write wrote written note
	website site page
	download file pdf document
	picture photo image screenshot
	colour color shade
	weight heavy light kilo
	safe danger dangerous risk
	quantity bulk amount
	book reserve reservation booking appointment
	flight plane airport airline
	hotel room stay accommodation
	car vehicle
	meeting call appointment
	salary wage pay income
	hire recruit employ
	quit resign leave
	bug defect error exception
	test spec check verify
	slow performance latency speed
	database sql table query
	list array collection
	loop iterate iteration
	function method procedure
	rename naming
	security secure vulnerability injection
	deploy release publish ship
	install setup configure
`
	.trim()
	.split('\n')
	.map((line) => [...new Set(stems(line))]);

const known = new Map<string, string[]>();
for (const [at, members] of families.entries()) {
	for (const member of members) known.set(member, [...(known.get(member) ?? []), `family ${at}`]);
}

/** The families of meaning to which a stem belongs; mostly none. */
export const familiesOf = (stem: string): readonly string[] => known.get(stem) ?? [];

/** The words of a text that are not common, each with its families: what is said, however it is put. */
export const meaningsOf = (text: string): string[] => terms(text).flatMap((term) => [term, ...familiesOf(term)]);
