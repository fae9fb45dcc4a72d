//! What postcodes look like, as data: the areas of the United Kingdom, and the shapes of other countries.

/// The postcode areas of the United Kingdom and the Crown dependencies; and `ZZ`, which stands for no real place and is
/// used in samples.
pub(super) const AREAS: &str = "AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN \
    DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML \
    N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW \
    UB W WA WC WD WF WN WR WS WV YO ZE ZZ";

/// Codes that do not follow the rule of areas and districts: Girobank's, and those of the overseas territories.
pub(super) const ODD_CODES: [&str; 10] = [
    "GIR 0AA", "ASCN 1ZZ", "BBND 1ZZ", "BIQQ 1ZZ", "FIQQ 1ZZ", "PCRN 1ZZ", "SIQQ 1ZZ", "STHL 1ZZ", "TDCU 1ZZ",
    "TKCA 1ZZ",
];

/// How people write countries whose postcodes are British ones; the first of each line is its name.
pub(super) const BRITISH: &str = "united kingdom;uk;u.k.;gb;gbr;great britain;britain;england;scotland;wales;cymru;\
    northern ireland;jersey;guernsey;alderney;sark;isle of man;channel islands;bfpo";

/// What a country is called, and what its postcodes look like.
pub(super) struct Country {
    /// Names and codes in small letters, separated by `;`.
    pub(super) names: &'static str,
    /// Shapes, separated by `;`: `9` is a digit, `@` a letter, `#` either, everything else itself; blanks and hyphens may be
    /// left out.
    pub(super) shapes: &'static str,
    /// An example.
    pub(super) example: &'static str,
}

const fn country(names: &'static str, shapes: &'static str, example: &'static str) -> Country {
    Country { names, shapes, example }
}

/// The other countries that are known.
pub(super) const COUNTRIES: &[Country] = &[
    country("ireland;ie;irl;eire;éire;republic of ireland", "@99 ####;D6W ####", "D02 AF30"),
    country("germany;de;deu;deutschland", "99999", "10115"),
    country("france;fr;fra;monaco;mc", "99999", "75001"),
    country("netherlands;nl;nld;the netherlands;holland;nederland", "9999 @@", "1012 AB"),
    country("belgium;be;bel;belgië;belgique", "9999", "1000"),
    country("luxembourg;lu;lux", "9999;L-9999", "1009"),
    country("spain;es;esp;españa", "99999", "28001"),
    country("portugal;pt;prt", "9999-999", "1000-001"),
    country("italy;it;ita;italia", "99999", "00184"),
    country("austria;at;aut;österreich", "9999;A-9999", "1010"),
    country("switzerland;ch;che;schweiz;suisse;liechtenstein;li", "9999;CH-9999", "8001"),
    country("denmark;dk;dnk;danmark", "9999", "1050"),
    country("sweden;se;swe;sverige", "999 99", "111 22"),
    country("norway;no;nor;norge", "9999", "0150"),
    country("finland;fi;fin;suomi", "99999", "00100"),
    country("poland;pl;pol;polska", "99-999", "00-001"),
    country("czech republic;czechia;cz;cze", "999 99", "110 00"),
    country("slovakia;sk;svk", "999 99", "811 01"),
    country("hungary;hu;hun", "9999", "1051"),
    country("slovenia;si;svn", "9999", "1000"),
    country("croatia;hr;hrv", "99999", "10000"),
    country("romania;ro;rou", "999999", "010011"),
    country("bulgaria;bg;bgr", "9999", "1000"),
    country("greece;gr;grc;el", "999 99", "105 57"),
    country("cyprus;cy;cyp", "9999", "1010"),
    country("malta;mt;mlt", "@@@ 9999", "VLT 1117"),
    country("estonia;ee;est", "99999", "10111"),
    country("latvia;lv;lva", "LV-9999", "LV-1050"),
    country("lithuania;lt;ltu", "99999;LT-99999", "LT-01100"),
    country("gibraltar;gi;gib", "GX11 1AA", "GX11 1AA"),
    country("united states;us;usa;u.s.a.;u.s.;united states of america;america", "99999;99999-9999", "10001"),
    country("canada;ca;can", "@9@ 9@9", "K1A 0B1"),
    country("australia;au;aus", "9999", "2000"),
    country("new zealand;nz;nzl", "9999", "6011"),
    country("south africa;za;zaf", "9999", "8001"),
    country("india;in;ind", "999999", "110001"),
];
