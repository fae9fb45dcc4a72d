//! The part of the reseller's book that stays as it is all year, as the rows of its files. The oracle looks things up in
//! the same rows.

/// Files that never change.
pub const FIXED_FILES: [(&str, &str); 12] = [
    (
        "organisations",
        "organisation,name,town,invoice_prefix,credit_prefix,payment_terms,payment_terms_type,vat_rounding\n\
         NORTH,Northern Lines,Leeds,NL-,NC-,30,days,half_up\n\
         SOUTH,Southern Voice,Hove,SV-,SC-,1,months,down\n\
         WEST,Western Wires,Truro,WW-,WC-,14,days,per_line\n",
    ),
    (
        "groups",
        "group,billing,method,interval,billing_day\n\
         monthly,automatic,standard,monthly,1\n\
         anniversary,automatic,anniversary,monthly,\n\
         quarterly,automatic,standard,quarterly,5\n",
    ),
    (
        "vat_codes",
        "vat_code,rate,kind,label,from,to\n\
         S,20,standard,VAT,,2024-06-30\n\
         S,22.5,standard,VAT,2024-07-01,\n\
         R,5,reduced,VAT 5%,,\n\
         Z,0,zero,Zero rated,,\n\
         X,0,exempt,Outside,,\n\
         RC,20,reverse_charge,Reverse charge,,\n",
    ),
    ("suppliers", "supplier,layout\ncarrier,generic\nrentals,gamma-item-rental\n"),
    (
        "call_types",
        "call_type,description,class,kind,allowance_weight,vat_exempt\n\
         nat,National,national,voice,100,\n\
         mob,Mobile,mobile,voice,100,\n\
         int,Abroad,international,voice,250,\n\
         care,Care line,non_geographic,voice,,y\n\
         sms,Message,mobile,sms,100,\n\
         data,Data,mobile,data,100,\n\
         room,Conference room,bespoke_1,event,100,\n",
    ),
    (
        "charge_bands",
        "supplier,band,call_type\n\
         carrier,nat,nat\ncarrier,mob,mob\ncarrier,int,int\ncarrier,care,care\ncarrier,sms,sms\ncarrier,data,data\n\
         carrier,room,room\n",
    ),
    (
        "tariffs",
        "tariff,unit,decimals,rounding\n\
         gold,major,4,half_up\n\
         iron,major,3,up\n",
    ),
    (
        "allowances",
        "allowance,minutes,messages,bytes,calls,money,qualifies,discount_percent,discount_per_call,\
         discount_per_minute,max_single_seconds,max_single_mode,rollover_periods,prorate\n\
         Minutes,25,,,,,class:national;class:mobile,,,,,,,\n\
         Texts,,9,,,,class:mobile,,,,,,,\n\
         Mixed,30,10,,,2.5,class:national;class:mobile;class:international,50,,,,,1,y\n\
         Data,,,60000000,,,type:data,,,,,,2,\n\
         Short calls,,,,6,,class:national;class:non_geographic,,,,600,exceed_ignored,,\n\
         First minutes,40,,,,,class:mobile;class:international,,,,300,up_to_limit,,y\n\
         Cheaper,60,,,,,class:national;class:international,,,0.01,,,,\n\
         Pence off,,,,12,,class:national;class:mobile,,0.03,,,,1,\n\
         Money,,,,,3,class:national;class:mobile;class:bespoke_1,,,,,,,\n",
    ),
    (
        "products",
        "product,name,category,price,vat_code,service_codes,service_code_kind,aggregate,skip,use_file_price,\
         use_file_description\n\
         LINE,Analogue line,Lines,14.5,,,,,,,\n\
         FIBRE,Broadband,Broadband,31.99,,,,,,,\n\
         SUPPORT,Support,Support,7.333,R,,,,,,\n\
         RENT,Rental,Lines,9.99,,Line rental,text,,,,\n\
         CHAN,Channel,Lines,3.335,,ISDN channel,text,y,,,\n\
         WORK,Work,Work,,R,Engineer,text,,credits,y,y\n\
         ZERO,Display,Lines,0,,Caller display,text,,if_zero,,\n",
    ),
    ("cost_centres", ""),
    ("customer_tariffs", ""),
    ("holidays", "date,as,name\n"),
];

/// The value of a column in the row of a fixed file that has a key in its first column; blank if there is none.
pub fn look_up(file: &str, key: &str, column: &str) -> &'static str {
    rows(file).find(|row| row("") == key).map(|row| row(column)).unwrap_or_default()
}

/// The rows of a fixed file: a column's name (blank: the first) → its value.
pub fn rows(file: &str) -> impl Iterator<Item = impl Fn(&str) -> &'static str> {
    let text = FIXED_FILES.iter().find(|(name, _)| *name == file).unwrap().1;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    lines.map(move |line| {
        let header = header.clone();
        move |column: &str| {
            let place = if column.is_empty() { 0 } else { header.iter().position(|name| *name == column).unwrap() };
            line.split(',').nth(place).unwrap_or_default()
        }
    })
}
