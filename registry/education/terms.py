"""The words of the glossary: what each means, and the forms in which the pages write it in each language."""

from dataclasses import dataclass

from registry.domain.vocabulary import N_


@dataclass(frozen=True, slots=True)
class Word:
    """One entry. *name* heads it and *meaning* explains it, both marked for translation. *en* and *es* are the forms
    by which the texts of that language use the word, with ``|`` between them; none of them is translated, because one
    word in English can be three in Spanish.
    """

    slug: str
    name: str
    meaning: str
    en: str
    es: str

    def forms(self, language: str) -> tuple[str, ...]:
        """The forms in ``en`` or ``es``."""
        return tuple((self.es if language == "es" else self.en).split("|"))


# One line an entry: the table is read by column. A form is left out where it is another word as well: “muestra” alone
# also says “shows”.
# fmt: off
WORDS = (
    Word("accelerated-approval", N_("Accelerated approval"), N_("An early approval of a medicine by the FDA. It rests on early results. The FDA can take it back if a later trial does not confirm them."), "accelerated approval|accelerated approvals", "aprobación acelerada|aprobaciones aceleradas"),
    Word("amplification", N_("Amplification"), N_("Too many copies of a gene in a cell. Extra copies of the HER2 gene can make the cell build too much HER2 protein."), "amplification|amplified", "amplificación|amplificado|amplificada"),
    Word("anti-egfr", N_("Anti-EGFR medicine"), N_("A medicine that blocks EGFR. Cetuximab and panitumumab are two of them."), "anti-EGFR", "anti-EGFR"),
    Word("biomarker", N_("Biomarker"), N_("Something in the body or the tumor that a laboratory can measure. It tells more about a cancer. HER2 is one."), "biomarker|biomarkers", "biomarcador|biomarcadores"),
    Word("biopsy", N_("Biopsy"), N_("A small sample that is taken from the body to be looked at."), "biopsy|biopsies", "biopsia|biopsias"),
    Word("braf", N_("BRAF"), N_("A gene that helps control how cells grow. Laboratories often test it along with RAS."), "BRAF", "BRAF"),
    Word("cap", N_("CAP (College of American Pathologists)"), N_("A group of doctors who run laboratories. It inspects the laboratories that ask for it."), "CAP|College of American Pathologists", "CAP|College of American Pathologists"),
    Word("cell-block", N_("Cell block"), N_("Cells from fluid or from a fine needle. They are set in wax, so that they can be cut and stained."), "cell block|cell blocks", "bloque celular|bloques celulares"),
    Word("cep17", N_("CEP17"), N_("A spot on chromosome 17, where the HER2 gene lies too. The laboratory counts both and compares them."), "CEP17", "CEP17"),
    Word("chemotherapy", N_("Chemotherapy"), N_("Medicines that kill cells that divide fast, such as cancer cells."), "chemotherapy", "quimioterapia"),
    Word("chromosome", N_("Chromosome"), N_("A long thread of DNA that holds many genes."), "chromosome|chromosomes", "cromosoma|cromosomas"),
    Word("clia", N_("CLIA"), N_("The rules of the United States for laboratories that test people. Such a laboratory needs a CLIA certificate."), "CLIA", "CLIA"),
    Word("clinical-trial", N_("Clinical trial"), N_("A study with people who choose to take part. It can test whether a new way to find or treat a disease works and is safe."), "clinical trial|clinical trials", "ensayo clínico|ensayos clínicos|estudio clínico|estudios clínicos"),
    Word("colorectal-cancer", N_("Colorectal cancer"), N_("Cancer that began in the colon or the rectum, the last parts of the gut."), "colorectal cancer|colorectal cancers", "cáncer colorrectal"),
    Word("copy-number", N_("Copy number"), N_("How many copies of a gene the cells hold. Most healthy cells hold two."), "copy number|copy numbers", "número de copias"),
    Word("ctdna", N_("ctDNA (tumor DNA in the blood)"), N_("Small pieces of DNA from the tumor that float in the blood."), "ctDNA|circulating tumor DNA", "ctDNA|ADN tumoral circulante"),
    Word("dna", N_("DNA"), N_("What our genes are made of. Nearly every cell of the body holds it."), "DNA", "ADN"),
    Word("egfr", N_("EGFR"), N_("A protein on the cell, much like HER2. It helps the cell grow."), "EGFR", "EGFR"),
    Word("equivocal", N_("Equivocal"), N_("Unclear: neither positive nor negative. An IHC score of 2+ is equivocal. A second test, ISH, then helps to decide."), "equivocal", "equívoco|equívoca|equívocos|equívocas"),
    Word("fda", N_("FDA (Food and Drug Administration)"), N_("The agency of the United States that decides which medicines may be sold, and for what."), "FDA|Food and Drug Administration", "FDA|Food and Drug Administration|Administración de Alimentos y Medicamentos"),
    Word("ffpe-block", N_("FFPE block (tissue block)"), N_("A piece of tissue kept in wax. It is fixed in formalin and set in paraffin, so that it keeps. It is the usual sample for a HER2 test."), "FFPE block|FFPE blocks|FFPE tissue block|tissue block|tissue blocks|FFPE", "bloque FFPE|bloques FFPE|bloque de tejido FFPE|bloque de tejido|bloques de tejido|FFPE"),
    Word("fish", N_("FISH (fluorescence in situ hybridization)"), N_("A kind of ISH. Probes that glow show the copies of the HER2 gene."), "FISH", "FISH"),
    Word("gene", N_("Gene"), N_("A piece of DNA that holds the plan for a protein."), "gene|genes", "gen|genes"),
    Word("genetic-counselor", N_("Genetic counselor"), N_("A person trained to talk with families about inherited disease and about tests for it."), "genetic counselor|genetic counselors|genetic counseling", "asesor en genética|asesora en genética|asesores en genética|asesor genético|asesores genéticos|asesoría genética|asesoramiento genético|consejero genético|consejería genética"),
    Word("her2", N_("HER2"), N_("A gene, and the protein that is made from it. The protein sits on the cell and helps it grow. The gene is also called ERBB2."), "HER2|ERBB2", "HER2|ERBB2"),
    Word("her2-negative", N_("HER2-negative"), N_("The tumor did not meet the rule of the laboratory for HER2-positive."), "HER2-negative|HER2 negative", "HER2 negativo|HER2 negativa|HER2 negativos|HER2-negativo"),
    Word("her2-positive", N_("HER2-positive"), N_("The tumor met the rule of the laboratory: enough HER2 protein, or enough copies of the HER2 gene."), "HER2-positive|HER2 positive", "HER2 positivo|HER2 positiva|HER2 positivos|HER2-positivo"),
    Word("hereditary", N_("Hereditary (inherited)"), N_("Passed on from parent to child in the genes."), "hereditary|inherited", "hereditario|hereditaria|hereditarios|hereditarias|heredado|heredada"),
    Word("ihc", N_("IHC (immunohistochemistry)"), N_("A test that stains a thin slice of the tumor. It shows how much HER2 protein is on the cells. The score is 0, 1+, 2+ or 3+."), "IHC|immunohistochemistry", "IHC|inmunohistoquímica"),
    Word("indeterminate", N_("Indeterminate"), N_("The test gave no answer, for example because there was too little tumor in the sample."), "indeterminate", "indeterminado|indeterminada"),
    Word("ish", N_("ISH (in situ hybridization)"), N_("A test that counts the copies of the HER2 gene in the cells of the tumor. FISH is one kind of it."), "ISH|in situ hybridization", "ISH|hibridación in situ"),
    Word("lab-developed-test", N_("Laboratory-developed test"), N_("A test that one laboratory has set up for its own use. The FDA has not reviewed it."), "laboratory-developed test|laboratory-developed tests|lab-developed test|lab-developed tests|LDT", "prueba desarrollada por el laboratorio|pruebas desarrolladas por el laboratorio|LDT"),
    Word("liquid-biopsy", N_("Liquid biopsy"), N_("A blood test that looks for DNA of the tumor. It can miss HER2: when it finds none, that does not rule HER2 out."), "liquid biopsy|liquid biopsies", "biopsia líquida|biopsias líquidas"),
    Word("lynch-syndrome", N_("Lynch syndrome"), N_("An inherited change that makes some cancers more likely, such as colon cancer. It is not the same thing as HER2."), "Lynch syndrome", "síndrome de Lynch"),
    Word("metastatic", N_("Metastatic"), N_("Spread from where the cancer began to another part of the body. The place where it has spread is called a metastasis."), "metastatic|metastasis|metastases", "metastásico|metastásica|metastásicos|metástasis"),
    Word("msi", N_("MSI (microsatellite instability)"), N_("A sign that the tumor cannot repair its DNA well. MSS means that this sign is not there."), "MSI|MSI-high|MSS|microsatellite instability|microsatellite stable", "MSI|MSS|inestabilidad de microsatélites|inestabilidad microsatelital"),
    Word("mutation", N_("Mutation"), N_("A change in the text of a gene, like a word spelled in another way. It is not the same as too many copies."), "mutation|mutations", "mutación|mutaciones"),
    Word("ngs", N_("NGS (next-generation sequencing)"), N_("A test that reads many genes at once, in tissue of the tumor or in blood. It is also called a gene panel."), "NGS|next-generation sequencing|gene panel|gene panels", "NGS|secuenciación de nueva generación|secuenciación de próxima generación|panel de genes|paneles de genes"),
    Word("oncologist", N_("Oncologist"), N_("A doctor who treats people with cancer."), "oncologist|oncologists", "oncólogo|oncóloga|oncólogos"),
    Word("overexpression", N_("Overexpression"), N_("Too much of a protein. HER2 overexpression means too much HER2 protein on the cells."), "overexpression|overexpressed|overexpress|overexpresses", "sobreexpresión|sobreexpresa|sobreexpresado|sobreexpresada"),
    Word("pathologist", N_("Pathologist"), N_("A doctor who looks at tissue and cells to find out what a disease is."), "pathologist|pathologists", "patólogo|patóloga|patólogos"),
    Word("pathology-report", N_("Pathology report"), N_("The paper in which the pathologist writes what was seen and what the tests found."), "pathology report|pathology reports", "informe de patología|informes de patología"),
    Word("protein", N_("Protein"), N_("Proteins do most of the work in a cell. Each is made by the plan of a gene."), "protein|proteins", "proteína|proteínas"),
    Word("ras", N_("RAS (KRAS and NRAS)"), N_("A group of genes that help control how cells grow. When one of them has changed, some medicines do not work well."), "RAS|KRAS|NRAS", "RAS|KRAS|NRAS"),
    Word("reflex-testing", N_("Reflex testing"), N_("A rule of the laboratory: when a first result is unclear, a second test follows without a new order."), "reflex testing|reflex test|reflex tests|reflex rule|reflex rules", "prueba refleja|pruebas reflejas|regla refleja|reglas reflejas"),
    Word("resection", N_("Resection"), N_("Surgery that takes out the tumor, or the part of an organ that holds it."), "resection|resections", "resección|resecciones"),
    Word("scoring-criterion", N_("Scoring criterion"), N_("The rule by which a laboratory calls a result positive, unclear or negative. There is more than one rule."), "scoring criterion|scoring criteria|scoring rule|scoring rules", "criterio de puntuación|criterios de puntuación|regla de puntuación|reglas de puntuación"),
    Word("side-effect", N_("Side effect"), N_("Something that a medicine does and that nobody wants, such as feeling sick."), "side effect|side effects", "efecto secundario|efectos secundarios"),
    Word("somatic", N_("Somatic"), N_("A change that came up during life, in the tumor alone. You were not born with it, and you cannot pass it on."), "somatic", "somático|somática|somáticos|somáticas"),
    Word("specimen", N_("Specimen"), N_("The sample that the laboratory tests: tissue, cells or blood."), "specimen|specimens", "muestras|muestra de tejido|muestra de sangre|espécimen|especímenes"),
    Word("targeted", N_("Targeted medicine"), N_("A medicine made to act on one feature of the cancer cells, such as HER2."), "targeted medicine|targeted medicines|targeted therapy|targeted therapies|targeted treatment", "terapia dirigida|terapias dirigidas|tratamiento dirigido|medicamento dirigido|medicamentos dirigidos"),
    Word("turnaround", N_("Turnaround"), N_("How long a laboratory usually needs until the report is ready. Each entry of our list says from when it counts."), "turnaround|turnaround time|turnaround times", "plazo de entrega|plazos de entrega|tiempo de entrega"),
    Word("unstained-slides", N_("Unstained slides"), N_("Thin slices of tissue on glass that have no color yet. The laboratory stains them for the test."), "unstained slide|unstained slides", "portaobjetos sin teñir"),
    Word("vus", N_("Variant of uncertain significance (VUS)"), N_("A change in a gene. Nobody knows yet whether it matters."), "variant of uncertain significance|variants of uncertain significance|VUS", "variante de significado incierto|variantes de significado incierto|VUS"),
    Word("wild-type", N_("Wild-type"), N_("The usual form of a gene: no change was found in it."), "wild-type|wild type", "tipo silvestre|no mutado|no mutados"),
)
# fmt: on
