#pragma once
// Ed25519: what every backend must take and refuse. The first ones are RFC 8032's; the others were made by a
// few lines of Python after RFC 8032 5.1, which know the private key, so that the equation holds wherever the
// comment says so.

#include <string_view>

namespace airlift::crypto::vectors {

enum class Ed25519Verdict { taken, wrong, unreadable };

struct Ed25519Vector {
  const char* what;
  std::string_view key;
  std::string_view message;
  std::string_view signature;
  Ed25519Verdict verdict;
};

inline constexpr Ed25519Vector ed25519_list[]{
    {"RFC 8032 7.1, test 1", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
     Ed25519Verdict::taken},
    {"RFC 8032 7.1, test 2", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
     Ed25519Verdict::taken},
    {"RFC 8032 7.1, test 3", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
     Ed25519Verdict::taken},
    {"RFC 8032 7.1, SHA(abc)", "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
     "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
     Ed25519Verdict::taken},
    {"signed as RFC 8032 5.1.6 says", "33b4c481f1843d900ddbce62eb014dd0c0f20b7dc7a4fdf2ba89d9039a1bd730",
     "6d657373616765",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "a2bb957e3100e4dbde6315ce397ec08a7c715dcdc750a79baed49abad5699e01",
     Ed25519Verdict::taken},
    {"S + L", "33b4c481f1843d900ddbce62eb014dd0c0f20b7dc7a4fdf2ba89d9039a1bd730", "6d657373616765",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "8f8f8bdb4b63f633b5000d7118789f9f7c715dcdc750a79baed49abad5699e11",
     Ed25519Verdict::wrong},
    {"S + 8 L", "33b4c481f1843d900ddbce62eb014dd0c0f20b7dc7a4fdf2ba89d9039a1bd730", "6d657373616765",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "0a5b44660419779c914ad2e52e4db8317d715dcdc750a79baed49abad5699e81",
     Ed25519Verdict::wrong},
    {"S with the highest bit", "33b4c481f1843d900ddbce62eb014dd0c0f20b7dc7a4fdf2ba89d9039a1bd730",
     "6d657373616765",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "a2bb957e3100e4dbde6315ce397ec08a7c715dcdc750a79baed49abad5699e81",
     Ed25519Verdict::wrong},
    {"S is L", "33b4c481f1843d900ddbce62eb014dd0c0f20b7dc7a4fdf2ba89d9039a1bd730", "6d657373616765",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
     Ed25519Verdict::wrong},
    {"all zero", "33b4c481f1843d900ddbce62eb014dd0c0f20b7dc7a4fdf2ba89d9039a1bd730", "6d657373616765",
     "0000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000",
     Ed25519Verdict::wrong},
    {"all ones", "33b4c481f1843d900ddbce62eb014dd0c0f20b7dc7a4fdf2ba89d9039a1bd730", "6d657373616765",
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     Ed25519Verdict::wrong},
    {"R neutral, made by the owner of the key",
     "33b4c481f1843d900ddbce62eb014dd0c0f20b7dc7a4fdf2ba89d9039a1bd730", "6d657373616765",
     "0100000000000000000000000000000000000000000000000000000000000000"
     "291f11d68c1d7f1515a8d206165a1e4a589d4296eefe5b2d7bbd30625d1b7506",
     Ed25519Verdict::taken},
    {"the same with -0 for x", "33b4c481f1843d900ddbce62eb014dd0c0f20b7dc7a4fdf2ba89d9039a1bd730",
     "6d657373616765",
     "0100000000000000000000000000000000000000000000000000000000000080"
     "ab34098fac992a0374359b2f103e1aa3b80eee7340b33bdb7dc3d40cd0663709",
     Ed25519Verdict::wrong},
    {"the same with y = p + 1", "33b4c481f1843d900ddbce62eb014dd0c0f20b7dc7a4fdf2ba89d9039a1bd730",
     "6d657373616765",
     "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
     "ff278379168a23550aead1e7ac8ecc90c121e23766e2aeea9c9f7a9d3635dc0a",
     Ed25519Verdict::wrong},
    {"the same with y = p + 1 and -0", "33b4c481f1843d900ddbce62eb014dd0c0f20b7dc7a4fdf2ba89d9039a1bd730",
     "6d657373616765",
     "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "4fa6115d4d1ae812b72850c38bc3073837d6a65909e8aad3345ce6eeb84f8f02",
     Ed25519Verdict::wrong},
    {"R of order 2: right only times 8", "33b4c481f1843d900ddbce62eb014dd0c0f20b7dc7a4fdf2ba89d9039a1bd730",
     "6d657373616765",
     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
     "aad22d4629766166b1568a941ad89feb7328d21a7c52da35d65f9deb81024b05",
     Ed25519Verdict::wrong},
    {"R of order 4: right only times 8", "33b4c481f1843d900ddbce62eb014dd0c0f20b7dc7a4fdf2ba89d9039a1bd730",
     "6d657373616765",
     "0000000000000000000000000000000000000000000000000000000000000080"
     "58d458fc467d775d2db3211bd1676357e2aa5b828145f37a8e60243d388a1a0a",
     Ed25519Verdict::wrong},
    {"R of order 8: right only times 8", "33b4c481f1843d900ddbce62eb014dd0c0f20b7dc7a4fdf2ba89d9039a1bd730",
     "6d657373616765",
     "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"
     "bf455f19dc7f9607a21214709d170baa6c3e6666bc179f0619092a0feab0f905",
     Ed25519Verdict::wrong},
    {"R and a point of order 8: right only times 8",
     "33b4c481f1843d900ddbce62eb014dd0c0f20b7dc7a4fdf2ba89d9039a1bd730", "6d657373616765",
     "d9202bb1fd5736cdb2c12f861d4fce636681bba920b6f85d5bb008484b5e0833"
     "4db93a3e3f244d08d60efbec508640b1f1fd45757fd9f4b124cba5c0fde02d03",
     Ed25519Verdict::wrong},
    {"key and a point of order 8, times 8 k",
     "0b54e78046e800a801b48498ccc7e88b99e9a5bf1b1b2366fc401c3a1613b8f9", "6d30",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "8d701854a01a443bd1777b87f0540cf957cbb926d8483a008e6033fd1218f408",
     Ed25519Verdict::taken},
    {"key and a point of order 8: right only times 8",
     "0b54e78046e800a801b48498ccc7e88b99e9a5bf1b1b2366fc401c3a1613b8f9", "6d39",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "0ef7afcd60fc2f32225ea640ff99146699f950d0ade05454d59f1270ac89e10c",
     Ed25519Verdict::wrong},
    {"key and R with points of order 8 that cancel out",
     "0b54e78046e800a801b48498ccc7e88b99e9a5bf1b1b2366fc401c3a1613b8f9", "6d34",
     "29fb7b402e4e3eff555afb5df47c593df7f1361d41e33b6909a024f2877b8566"
     "86ea1984932305b86deb774c8774988f3a4436f76672c218d379fa62093d5a0e",
     Ed25519Verdict::taken},
    {"key of small order: neutral", "0100000000000000000000000000000000000000000000000000000000000000", "30",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "5eb08e689a90b2b3e849392582db41c6015c75f449120ff081fadbd1c6c07706",
     Ed25519Verdict::unreadable},
    {"key of small order: order 8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", "37",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "5eb08e689a90b2b3e849392582db41c6015c75f449120ff081fadbd1c6c07706",
     Ed25519Verdict::unreadable},
    {"key of small order: order 4", "0000000000000000000000000000000000000000000000000000000000000080", "30",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "5eb08e689a90b2b3e849392582db41c6015c75f449120ff081fadbd1c6c07706",
     Ed25519Verdict::unreadable},
    {"key of small order: order 8", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
     "3136",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "5eb08e689a90b2b3e849392582db41c6015c75f449120ff081fadbd1c6c07706",
     Ed25519Verdict::unreadable},
    {"key of small order: order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "30",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "5eb08e689a90b2b3e849392582db41c6015c75f449120ff081fadbd1c6c07706",
     Ed25519Verdict::unreadable},
    {"key of small order: order 8", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "30",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "5eb08e689a90b2b3e849392582db41c6015c75f449120ff081fadbd1c6c07706",
     Ed25519Verdict::unreadable},
    {"key of small order: order 4", "0000000000000000000000000000000000000000000000000000000000000000", "34",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "5eb08e689a90b2b3e849392582db41c6015c75f449120ff081fadbd1c6c07706",
     Ed25519Verdict::unreadable},
    {"key of small order: order 8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
     "3230",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "5eb08e689a90b2b3e849392582db41c6015c75f449120ff081fadbd1c6c07706",
     Ed25519Verdict::unreadable},
    {"key neutral, -0", "0100000000000000000000000000000000000000000000000000000000000080", "30",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "5eb08e689a90b2b3e849392582db41c6015c75f449120ff081fadbd1c6c07706",
     Ed25519Verdict::unreadable},
    {"key neutral, p + 1", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "30",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "5eb08e689a90b2b3e849392582db41c6015c75f449120ff081fadbd1c6c07706",
     Ed25519Verdict::unreadable},
    {"key neutral, p + 1, -0", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "30",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "5eb08e689a90b2b3e849392582db41c6015c75f449120ff081fadbd1c6c07706",
     Ed25519Verdict::unreadable},
    {"key of order 2, -0", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "31",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "5eb08e689a90b2b3e849392582db41c6015c75f449120ff081fadbd1c6c07706",
     Ed25519Verdict::unreadable},
    {"key of order 4, p", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "3131",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "5eb08e689a90b2b3e849392582db41c6015c75f449120ff081fadbd1c6c07706",
     Ed25519Verdict::unreadable},
    {"key of order 4, p, other sign", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "33",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "5eb08e689a90b2b3e849392582db41c6015c75f449120ff081fadbd1c6c07706",
     Ed25519Verdict::unreadable},
    {"key y = 3, a point", "0300000000000000000000000000000000000000000000000000000000000000",
     "6d657373616765",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "a2bb957e3100e4dbde6315ce397ec08a7c715dcdc750a79baed49abad5699e01",
     Ed25519Verdict::wrong},
    {"the same as p + 3", "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
     "6d657373616765",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "a2bb957e3100e4dbde6315ce397ec08a7c715dcdc750a79baed49abad5699e01",
     Ed25519Verdict::unreadable},
    {"key y = 2^255 - 1", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
     "6d657373616765",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "a2bb957e3100e4dbde6315ce397ec08a7c715dcdc750a79baed49abad5699e01",
     Ed25519Verdict::unreadable},
    {"key y = p - 3", "eaffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "6d657373616765",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "a2bb957e3100e4dbde6315ce397ec08a7c715dcdc750a79baed49abad5699e01",
     Ed25519Verdict::wrong},
    {"key y = 2, no point", "0200000000000000000000000000000000000000000000000000000000000000",
     "6d657373616765",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "a2bb957e3100e4dbde6315ce397ec08a7c715dcdc750a79baed49abad5699e01",
     Ed25519Verdict::wrong},
    {"the key's x negated", "33b4c481f1843d900ddbce62eb014dd0c0f20b7dc7a4fdf2ba89d9039a1bd7b0",
     "6d657373616765",
     "f204b9989f7a70e5026965f3465ff5551cf30ca264e595f31b5fb080544955cd"
     "a2bb957e3100e4dbde6315ce397ec08a7c715dcdc750a79baed49abad5699e01",
     Ed25519Verdict::wrong},
};

}  // namespace airlift::crypto::vectors
