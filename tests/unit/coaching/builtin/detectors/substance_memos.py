"""Two strong memos, English and Spanish, which the tests of the substance detectors take apart."""

# ruff: noqa: E501  (a memo's paragraphs are single lines)
ENGLISH = """\
To: Investment Committee
From: Ana Ruiz, Head of Logistics
Date: 4 May 2026
Subject: Approve €1.2 million for a second packing line

We ask the Investment Committee to approve €1.2 million for a second packing line at Leeds by 29 May 2026. The line pays for itself in 26 months and returns an NPV of €1.9 million at 8%.

## Why now

The Leeds line runs 22 hours a day at 94% of capacity. However, orders rose 18% last year, and since January we have turned away 1,140 orders worth €410,000. Each week of delay costs us €8,500 in margin.

## Options

We compared three options.

- Option A: do nothing. It costs no capital, but we lose €440,000 of margin a year from 2027.
- Option B: outsource the overflow to PackCo at €0.92 a parcel. It costs €610,000 a year and leaves quality to others.
- Option C: buy a second line for €1.2 million. It costs more at first, but is cheapest from the third year on.

## Risks

- Delivery slips: PackTech may deliver late. The contract carries a penalty of €5,000 a day, and the old line stays in service until acceptance (owner: Tom Hale, Procurement).
- Demand falls: a drop of 15% would stretch payback to 34 months. We lease 30% of the line with a break clause in 2028 (owner: CFO).
- Staff shortage: we need six operators. HR will train four temporary staff from 1 August.

## Plan

| Step | Owner | Date |
|---|---|---|
| Sign the contract | Tom Hale | 5 June 2026 |
| Prepare the hall | Facilities | 31 July 2026 |
| Install and test | PackTech, Ana Ruiz | 30 September 2026 |
| Full production | Ana Ruiz | 1 November 2026 |

## Next steps

Once you approve, Tom Hale will send the order to PackTech on 1 June 2026.
"""

SPANISH = """\
Para: Comité de Dirección
De: Marta Gil, Directora de Operaciones
Fecha: 4 de mayo de 2026
Asunto: Aprobar 480.000 € para renovar la flota de reparto

Solicitamos que el Comité de Dirección apruebe 480.000 € para sustituir doce furgonetas antes del 29 de mayo de 2026. La inversión se recupera en 31 meses y tiene un VAN de 310.000 € al 7 %.

## Por qué ahora

La flota actual tiene doce furgonetas con una media de once años. Sin embargo, las averías subieron un 34 % el año pasado y perdimos 212 jornadas de reparto. Cada avería nos cuesta 640 €.

## Alternativas

- Opción A: no hacer nada. No exige inversión, pero las averías costarán 190.000 € al año.
- Opción B: alquilar la flota por 168.000 € al año. Es más cara a partir del tercer año.
- Opción C: comprar doce furgonetas eléctricas por 480.000 €. Es la más barata en cinco años.

## Riesgos

- Retraso en la entrega: el fabricante puede tardar cuatro meses más. El contrato fija una penalización de 200 € por día y prorrogamos el alquiler de tres vehículos (responsable: Compras).
- Subida de la electricidad: un alza del 20 % alarga la recuperación a 35 meses. Finanzas cerrará un contrato a precio fijo por dos años.

## Calendario

1. Compras firma el pedido el 5 de junio de 2026.
2. Mantenimiento instala los cargadores antes del 31 de julio de 2026.
3. Marta Gil recibe las furgonetas y retira las antiguas el 30 de septiembre de 2026.

## Próximos pasos

Una vez aprobado, Luis Vega enviará el pedido al fabricante el 1 de junio.
"""

STUFFING = """\
We are committed to excellence and to best in class results. This is a great opportunity to leverage synergies and unlock value for key stakeholders. Our innovative approach will take us to the next level. Success depends on a holistic transformation.

risk mitigation NPV ROI payback options strategy approve $1M by 1 May
"""
